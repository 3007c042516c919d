package dev.lapidary.engine.project;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lapidary.engine.project.WranglerConfig.Migration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Which namespace in the data folder has the objects of which class: what migrations change, each
/// once. Kept in `<worker>.classes.json` in the data folder, and durable when [#apply] returns.
///
/// A rename is an entry here: objects keep their namespace, and so their ids and files. Nothing
/// here deletes a file; a deleted class' namespace is only never given to a class again.
public final class ClassLedger {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path data;
  private final String worker;
  private final Path file;
  private Entries entries;

  private ClassLedger(Path data, String worker, Path file, Entries entries) {
    this.data = data;
    this.worker = worker;
    this.file = file;
    this.entries = entries;
  }

  /// What is in the file.
  ///
  /// @param applied tags of the migrations that were applied
  /// @param classes namespaces by class
  /// @param retired namespaces of deleted classes
  record Entries(Set<String> applied, Map<String, String> classes, Set<String> retired) {
    Entries copy() {
      return new Entries(new TreeSet<>(applied), new TreeMap<>(classes), new TreeSet<>(retired));
    }
  }

  /// Reads the ledger of a Worker; an empty one where there is none yet.
  public static ClassLedger read(Path data, String worker) throws InvalidProject {
    Path file = data.resolve(worker + ".classes.json");
    Entries none = new Entries(Set.of(), Map.of(), Set.of());
    try {
      Entries entries =
          Files.exists(file)
              ? JSON.readValue(Files.readAllBytes(file), new TypeReference<Entries>() {})
              : none;
      return new ClassLedger(data, worker, file, entries.copy());
    } catch (IOException | NullPointerException e) {
      throw new InvalidProject("The data folder's file " + file.getFileName() + " is damaged.");
    }
  }

  /// The classes after the migrations that were not applied yet.
  ///
  /// @param namespaces namespaces by class
  /// @param notices what the project's author should know
  public record Applied(Map<String, String> namespaces, List<String> notices) {
    public Applied {
      namespaces = Map.copyOf(namespaces);
      notices = List.copyOf(notices);
    }
  }

  /// What [#apply] would do, without doing it.
  ///
  /// @throws InvalidProject where a migration would hide objects
  public Applied preview(List<Migration> migrations, Collection<String> classes)
      throws InvalidProject {
    return after(migrations, classes, new ArrayList<>()).applied();
  }

  /// Applies what is new among the migrations, and gives every class a namespace.
  ///
  /// @param classes the classes that objects are made of
  /// @throws InvalidProject where a migration would hide objects; nothing is changed then
  public Applied apply(List<Migration> migrations, Collection<String> classes)
      throws InvalidProject {
    Outcome outcome = after(migrations, classes, new ArrayList<>());
    if (!outcome.entries().equals(entries)) {
      write(outcome.entries());
      entries = outcome.entries();
    }
    return outcome.applied();
  }

  private record Outcome(Entries entries, Applied applied) {}

  private Outcome after(
      List<Migration> migrations, Collection<String> classes, List<String> notices)
      throws InvalidProject {
    Entries after = entries.copy();
    for (Migration migration : migrations) {
      if (after.applied().add(migration.tag())) {
        apply(migration, after, notices);
      }
    }
    for (String className : classes) {
      namespace(after, className);
    }
    return new Outcome(after, new Applied(after.classes(), notices));
  }

  private void apply(Migration migration, Entries after, List<String> notices)
      throws InvalidProject {
    migration.created().forEach(className -> namespace(after, className));
    for (var rename : migration.renamed().entrySet()) {
      rename(migration.tag(), rename.getKey(), rename.getValue(), after, notices);
    }
    for (String className : migration.deleted()) {
      String namespace = namespace(after, className);
      after.classes().remove(className);
      if (hasObjects(namespace)) {
        after.retired().add(namespace);
        notices.add(
            "Migration %s deleted the class %s. Its objects are gone for the Worker; their files stay"
                    .formatted(migration.tag(), className)
                + " in the data folder's "
                + namespace
                + " until you delete them.");
      }
    }
  }

  private void rename(String tag, String from, String to, Entries after, List<String> notices)
      throws InvalidProject {
    String namespace = namespace(after, from);
    after.classes().remove(from);
    if (!hasObjects(namespace)) {
      namespace(after, to);
      return;
    }
    if (hasObjects(namespace(after, to))) {
      throw new InvalidProject(
          "Migration "
              + tag
              + " renames the class "
              + from
              + " to "
              + to
              + ", but both have objects in this data folder. Use another one with --data.");
    }
    after.classes().put(to, namespace);
    notices.add("Migration " + tag + " renamed the class " + from + " to " + to + ".");
  }

  /// The namespace of a class, a new one if need be: `<worker>-<class>`, as `wrangler dev` has it,
  /// so that ids are the same.
  private String namespace(Entries after, String className) {
    return after.classes().computeIfAbsent(className, key -> unused(after, key));
  }

  private String unused(Entries after, String className) {
    String namespace = worker + "-" + className;
    for (int i = 2;
        after.retired().contains(namespace) || after.classes().containsValue(namespace);
        i++) {
      namespace = worker + "-" + className + "-" + i;
    }
    return namespace;
  }

  /// Whether a namespace has a folder of objects; one that was only opened has none.
  private boolean hasObjects(String namespace) throws InvalidProject {
    Path folder = data.resolve(namespace);
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.anyMatch(Files::isDirectory);
    } catch (IOException e) {
      throw new InvalidProject("The data folder's " + namespace + " cannot be read.");
    }
  }

  private void write(Entries after) throws InvalidProject {
    Path draft = data.resolve(file.getFileName() + ".new");
    try {
      Files.createDirectories(data);
      try (FileChannel out =
          FileChannel.open(
              draft,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(after));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel folder = FileChannel.open(data)) {
        folder.force(true);
      }
    } catch (IOException e) {
      throw new InvalidProject(
          "The data folder's file " + file.getFileName() + " cannot be written.");
    }
  }
}
