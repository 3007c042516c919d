package dev.lapidary.engine.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.engine.project.ClassLedger.Applied;
import dev.lapidary.engine.project.WranglerConfig.Migration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassLedgerTest {
  private static final Migration CREATE = new Migration("v1", List.of("A"), Map.of(), List.of());
  private static final Migration RENAME =
      new Migration("v2", List.of(), Map.of("A", "B"), List.of());
  private static final Migration DELETE = new Migration("v3", List.of(), Map.of(), List.of("B"));

  @TempDir Path data;

  private Applied apply(List<Migration> migrations, String... classes) throws InvalidProject {
    return ClassLedger.read(data, "w").apply(migrations, List.of(classes));
  }

  private void objectsIn(String namespace) throws IOException {
    Files.createDirectories(data.resolve(namespace).resolve("00ff"));
  }

  @Test
  void aClassHasTheNamespaceThatWranglerGivesIt() throws Exception {
    assertThat(apply(List.of(CREATE), "A", "C").namespaces())
        .isEqualTo(Map.of("A", "w-A", "C", "w-C"));
  }

  @Test
  void aRenamedClassKeepsItsObjectsAndItsNameIsFree() throws Exception {
    apply(List.of(CREATE), "A");
    objectsIn("w-A");
    Applied renamed = apply(List.of(CREATE, RENAME), "B");
    assertThat(renamed.namespaces()).isEqualTo(Map.of("B", "w-A"));
    assertThat(renamed.notices()).containsExactly("Migration v2 renamed the class A to B.");
    Applied again = apply(List.of(CREATE, RENAME), "B", "A");
    assertThat(again.namespaces()).isEqualTo(Map.of("B", "w-A", "A", "w-A-2"));
    assertThat(again.notices()).isEmpty();
  }

  @Test
  void aRenameWithoutObjectsIsANewClass() throws Exception {
    assertThat(apply(List.of(CREATE, RENAME), "B").namespaces()).isEqualTo(Map.of("B", "w-B"));
  }

  @Test
  void aRenameThatWouldHideObjectsChangesNothing() throws Exception {
    apply(List.of(CREATE), "A", "B");
    objectsIn("w-A");
    objectsIn("w-B");
    assertThatThrownBy(() -> apply(List.of(CREATE, RENAME), "B"))
        .hasMessageContaining("both have objects");
    assertThat(apply(List.of(CREATE), "A").namespaces()).isEqualTo(Map.of("A", "w-A", "B", "w-B"));
  }

  @Test
  void aDeletedClassKeepsItsFilesAndComesBackEmpty() throws Exception {
    apply(List.of(CREATE), "A");
    objectsIn("w-A");
    Applied deleted = apply(List.of(CREATE, RENAME, DELETE));
    assertThat(deleted.namespaces()).isEmpty();
    assertThat(deleted.notices()).hasSize(2).last().asString().contains("w-A until you delete");
    assertThat(data.resolve("w-A")).isDirectory();
    assertThat(apply(List.of(CREATE, RENAME, DELETE), "A").namespaces())
        .isEqualTo(Map.of("A", "w-A-2"));
  }

  @Test
  void aDamagedLedgerIsNotGuessedAt() throws Exception {
    apply(List.of(CREATE), "A");
    Files.writeString(data.resolve("w.classes.json"), "{\"applied\": null}");
    assertThatThrownBy(() -> apply(List.of(CREATE), "A"))
        .isInstanceOf(InvalidProject.class)
        .hasMessage("The data folder's file w.classes.json is damaged.");
  }
}
