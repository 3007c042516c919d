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

  private Path object() {
    return folder.resolve("object");
  }

  private Path file() {
    return object().resolve(FacetTree.FILE);
  }

  @Test
  void theFileIsTheOneThatWorkerdWrites() throws IOException {
    FacetTree tree = FacetTree.open(object());
    int d = tree.number(FacetTree.ROOT, "d");
    int dd = tree.number(d, "d");
    tree.number(dd, "d");
    assertThat(HexFormat.of().formatHex(Files.readAllBytes(file())))
        .isEqualTo("57efb0c55bcecdc4" + "0000010064" + "0100010064" + "0200010064");
  }

  @Test
  void numbersCountFromOneAndSurviveReopening() {
    FacetTree tree = FacetTree.open(object());
    assertThat(tree.number(0, "a")).isEqualTo(1);
    assertThat(tree.number(0, "../../b\u0000")).isEqualTo(2);
    assertThat(tree.number(0, "a")).isEqualTo(1);
    FacetTree again = FacetTree.open(object());
    assertThat(again.number(0, "../../b\u0000")).isEqualTo(2);
    assertThat(again.number(0, "c")).isEqualTo(3);
  }

  @Test
  void nothingIsOnDiskBeforeTheFirstFacet() {
    FacetTree.open(object());
    assertThat(file()).doesNotExist();
  }

  @Test
  void aFileTornAtAnyByteKeepsEveryWholeRecordAndTakesNewOnes() throws IOException {
    FacetTree tree = FacetTree.open(object());
    tree.number(0, "first");
    tree.number(0, "second");
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));
      int records = length < 8 + 9 ? 0 : 1;
      FacetTree torn = FacetTree.open(object());
      assertThat(torn.number(0, "new")).as("torn at " + length).isEqualTo(records + 1);
      assertThat(FacetTree.open(object()).number(0, "new")).isEqualTo(records + 1);
    }
  }

  @Test
  void aFileThatIsNoIndexIsRefusedAndLeftAlone() throws IOException {
    Files.createDirectories(object());
    Files.writeString(file(), "something else entirely");
    assertThatThrownBy(() -> FacetTree.open(object())).hasMessageContaining("magic number");
    assertThat(Files.readString(file())).isEqualTo("something else entirely");
  }
}
