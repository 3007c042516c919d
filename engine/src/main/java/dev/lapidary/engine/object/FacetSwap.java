package dev.lapidary.engine.object;

import dev.lapidary.engine.storage.DatabaseFiles;
import dev.lapidary.engine.storage.StorageAccount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Databases of one object that are deleted or replaced together.
///
/// Guarantee: a crash leaves all of them as they were, or all as they were to become; the latter
/// once [#decide] has returned. What it left undone is done by [#finish], before anything else
/// happens in the namespace. Whoever swaps keeps everybody else from the databases until [#close]
/// has returned. Not thread-safe, but for its steps.
///
/// On disk: `<namespace>/.swaps/<random>/` with the copies (`0`, `1`, …) and `plan`, a line for
/// each database: `delete` or `replace`, and its path from the namespace on. Until it is decided,
/// the folder's name ends with `.open`.
final class FacetSwap implements AutoCloseable {
  private static final String FOLDER = ".swaps";
  private static final String OPEN = ".open";
  private static final String PLAN = "plan";
  private static final Pattern LINE =
      Pattern.compile("(delete|replace) ([0-9a-f]{4}/[0-9a-f]{64}/[0-9]{1,5}\\.sqlite)");

  private final Path namespace;
  private final Path decided;
  private final Path open;
  private final List<Step> steps = new ArrayList<>();

  private FacetSwap(Path namespace, String name) {
    this.namespace = namespace;
    this.decided = namespace.resolve(FOLDER).resolve(name);
    this.open = decided.resolveSibling(name + OPEN);
  }

  /// What becomes of one database.
  sealed interface Step {
    Path file();

    /// Does it, or what a crash left of it, while nobody has the database open.
    void take(StorageAccount account);

    /// It goes.
    record Delete(Path file) implements Step {
      @Override
      public void take(StorageAccount account) {
        DatabaseFiles.delete(file, account);
      }
    }

    /// A copy takes its place.
    ///
    /// @param copy where that is once all is decided; it is moved, so it is there until then
    record Replace(Path file, Path copy) implements Step {
      @Override
      public void take(StorageAccount account) {
        if (Files.exists(copy)) {
          DatabaseFiles.delete(file, account);
          DatabaseFiles.install(copy, file, account);
        }
      }
    }
  }

  /// Begins one that changes nothing yet.
  ///
  /// @param namespace the folder that the objects' shards are in
  static FacetSwap begin(Path namespace) {
    FacetSwap swap = new FacetSwap(namespace, UUID.randomUUID().toString());
    try {
      Files.createDirectories(swap.open);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return swap;
  }

  /// Does what a crash left undone, and forgets what was not decided.
  static void finish(Path namespace) {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(namespace.resolve(FOLDER))) {
      for (Path folder : left) {
        String name = String.valueOf(folder.getFileName());
        boolean open = name.endsWith(OPEN);
        FacetSwap swap =
            new FacetSwap(
                namespace, open ? name.substring(0, name.length() - OPEN.length()) : name);
        if (!open) {
          swap.read();
          swap.takeAll();
        }
        swap.close();
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever swapped here.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() throws IOException {
    for (String line : Files.readAllLines(decided.resolve(PLAN))) {
      Matcher step = LINE.matcher(line);
      if (!step.matches()) {
        throw new IllegalStateException("not a plan of databases to swap: " + line);
      }
      Path file = namespace.resolve(step.group(2));
      if (step.group(1).equals("delete")) {
        delete(file);
      } else {
        Path ignored = replace(file);
      }
    }
  }

  /// Nobody has any of the databases open, and quotas were looked at when it was decided.
  private void takeAll() {
    for (Step step : steps) {
      step.take(StorageAccount.unlimited());
    }
  }

  /// Has a database deleted, with its history.
  Step delete(Path file) {
    Step step = new Step.Delete(file);
    steps.add(step);
    return step;
  }

  /// Has a database replaced, and its history deleted.
  ///
  /// @return where its replacement is to be written before it is decided
  Path replace(Path file) {
    String copy = Integer.toString(steps.size());
    steps.add(new Step.Replace(file, decided.resolve(copy)));
    return open.resolve(copy);
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }

  /// From here on it happens, whatever happens.
  ///
  /// @throws dev.lapidary.engine.storage.SqlException where the quota does not hold
  ///     the replacements; nothing has changed then
  void decide(StorageAccount account) {
    StringBuilder plan = new StringBuilder();
    Map<Path, Long> sizes = new LinkedHashMap<>();
    try {
      for (Step step : steps) {
        long size = 0;
        if (step instanceof Step.Replace replace) {
          Path copy = open.resolve(replace.copy().getFileName());
          DatabaseFiles.sync(copy);
          size = Files.size(copy);
        }
        sizes.put(step.file(), size);
        plan.append(step instanceof Step.Replace ? "replace " : "delete ");
        plan.append(namespace.relativize(step.file())).append('\n');
      }
      account.requireRoom(sizes);
      Files.writeString(open.resolve(PLAN), plan);
      DatabaseFiles.sync(open.resolve(PLAN));
      DatabaseFiles.sync(open);
      DatabaseFiles.sync(namespace); // which has the folder of all swaps since the first one
      DatabaseFiles.move(open, decided);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Forgets it: what was decided and not done will not be done any more.
  @Override
  public void close() {
    try {
      if (Files.exists(decided)) {
        DatabaseFiles.move(decided, open);
      }
      DatabaseFiles.deleteTree(open);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
