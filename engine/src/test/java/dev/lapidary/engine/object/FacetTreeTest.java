package dev.lapidary.engine.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FacetTreeTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("object").resolve("facets.index");
  }

  @Test
  void theFileIsTheOneThatWorkerdWrites() throws IOException {
    FacetTree tree = FacetTree.open(file());
    int d = tree.number(FacetTree.ROOT, "d");
    int dd = tree.number(d, "d");
    tree.number(dd, "d");
    assertThat(HexFormat.of().formatHex(Files.readAllBytes(file())))
        .isEqualTo("57efb0c55bcecdc4" + "0000010064" + "0100010064" + "0200010064");
  }

  @Test
  void numbersCountFromOneAndSurviveReopening() {
    FacetTree tree = FacetTree.open(file());
    assertThat(tree.number(0, "a")).isEqualTo(1);
    assertThat(tree.number(0, "../../b\u0000")).isEqualTo(2);
    assertThat(tree.number(0, "a")).isEqualTo(1);
    FacetTree again = FacetTree.open(file());
    assertThat(again.number(0, "../../b\u0000")).isEqualTo(2);
    assertThat(again.number(0, "c")).isEqualTo(3);
  }

  @Test
  void nothingIsOnDiskBeforeTheFirstFacet() {
    FacetTree.open(file());
    assertThat(file()).doesNotExist();
  }

  @Test
  void aFileTornAtAnyByteKeepsEveryWholeRecordAndTakesNewOnes() throws IOException {
    FacetTree tree = FacetTree.open(file());
    tree.number(0, "first");
    tree.number(0, "second");
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));
      int records = length < 8 + 9 ? 0 : 1;
      FacetTree torn = FacetTree.open(file());
      assertThat(torn.number(0, "new")).as("torn at " + length).isEqualTo(records + 1);
      assertThat(FacetTree.open(file()).number(0, "new")).isEqualTo(records + 1);
    }
  }

  @Test
  void aFileThatIsNoIndexIsRefusedAndLeftAlone() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "something else entirely");
    assertThatThrownBy(() -> FacetTree.open(file())).hasMessageContaining("magic number");
    assertThat(Files.readString(file())).isEqualTo("something else entirely");
  }
}
