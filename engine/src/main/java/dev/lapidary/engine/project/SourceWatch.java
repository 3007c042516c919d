package dev.lapidary.engine.project;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells of changes of a project's files: those in its folder, and those its code was made of
/// elsewhere. Packages, hidden files and the data folder do not count.
///
/// It looks several times a second, which works on every file system and sees a file replaced as
/// well as one written; for large folders less often, so that it never takes more than some
/// hundredths of a core. Beyond [#MOST_FILES] files in the folder only inputs are looked at.
public final class SourceWatch implements AutoCloseable {
  static final int MOST_FILES = 20_000;

  private static final Logger LOG = LoggerFactory.getLogger(SourceWatch.class);
  private static final long LOOK_MILLIS = 150;
  private static final int REST_FACTOR = 20;
  private static final Stamp NOT_THERE = new Stamp(FileTime.fromMillis(0), -1);

  private final Path folder;
  private final Path data;
  private final Consumer<SourceWatch> changed;
  private volatile Map<Path, Stamp> inputs = Map.of();
  private volatile @Nullable Thread thread;
  private volatile boolean closed;

  private SourceWatch(Path folder, Path data, Consumer<SourceWatch> changed) {
    this.folder = folder;
    this.data = data.toAbsolutePath().normalize();
    this.changed = changed;
  }

  /// Starts to watch: what changes from now on is told.
  ///
  /// @param data the folder that the engine writes to
  /// @param changed called with this watch on its thread once files have changed and come to
  ///     rest; changes meanwhile are told afterwards
  public static SourceWatch start(Path folder, Path data, Consumer<SourceWatch> changed) {
    SourceWatch watch = new SourceWatch(folder.toAbsolutePath().normalize(), data, changed);
    Map<Path, Stamp> known = watch.folder();
    watch.thread = Thread.ofVirtual().name("lapidary-watch").start(() -> watch.watch(known));
    return watch;
  }

  /// Watches these files as well, wherever they are, in place of those before.
  public void inputs(Collection<Path> files) {
    inputs = stamps(files);
  }

  /// What a file was when it was looked at.
  private record Stamp(FileTime modified, long size) {
    static Stamp of(BasicFileAttributes attributes) {
      return new Stamp(attributes.lastModifiedTime(), attributes.size());
    }
  }

  private void watch(Map<Path, Stamp> start) {
    Map<Path, Stamp> known = start;
    Map<Path, Stamp> before = Map.of();
    while (!closed) {
      long began = System.nanoTime();
      Map<Path, Stamp> knownInputs = inputs;
      Map<Path, Stamp> now = folder();
      Map<Path, Stamp> nowInputs = stamps(knownInputs.keySet());
      boolean same = now.equals(known) && nowInputs.equals(knownInputs);
      if (!same && now.equals(before)) {
        known = now;
        inputs = nowInputs;
        tell();
      }
      before = now;
      rest((System.nanoTime() - began) / 1_000_000);
    }
  }

  private void tell() {
    try {
      changed.accept(this);
    } catch (RuntimeException e) {
      LOG.error("a reload failed", e);
    }
  }

  private void rest(long lookMillis) {
    try {
      Thread.sleep(Math.max(LOOK_MILLIS, REST_FACTOR * lookMillis));
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private Map<Path, Stamp> folder() {
    Map<Path, Stamp> stamps = new HashMap<>();
    try {
      Files.walkFileTree(folder, new Visitor(stamps));
    } catch (IOException e) {
      LOG.debug("the project's folder cannot be looked at", e);
    }
    return stamps.size() < MOST_FILES ? stamps : Map.of();
  }

  private static Map<Path, Stamp> stamps(Collection<Path> files) {
    Map<Path, Stamp> stamps = new HashMap<>();
    for (Path file : files) {
      try {
        stamps.put(file, Stamp.of(Files.readAttributes(file, BasicFileAttributes.class)));
      } catch (IOException e) {
        stamps.put(file, NOT_THERE);
      }
    }
    return stamps;
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    private final Map<Path, Stamp> stamps;

    Visitor(Map<Path, Stamp> stamps) {
      this.stamps = stamps;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      String name = String.valueOf(directory.getFileName());
      boolean skip =
          !directory.equals(folder)
              && (name.startsWith(".") || name.equals("node_modules") || directory.equals(data));
      return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = String.valueOf(file.getFileName());
      if (!name.startsWith(".") || name.startsWith(DevVars.NAME)) {
        stamps.put(file, Stamp.of(attributes));
      }
      return stamps.size() < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
