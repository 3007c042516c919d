package dev.lapidary.engine.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try")
class SourceWatchTest {
  @TempDir Path folder;
  @TempDir Path elsewhere;
  private final Semaphore changes = new Semaphore(0);

  private boolean told() throws InterruptedException {
    return changes.tryAcquire(10, TimeUnit.SECONDS);
  }

  @Test
  void changesOfSourcesAreTold() throws Exception {
    Path source = Files.createDirectories(folder.resolve("src")).resolve("a.js");
    Files.writeString(source, "1");
    try (SourceWatch watch =
        SourceWatch.start(folder, folder.resolve("data"), changed -> changes.release())) {
      Files.writeString(source, "22");
      assertThat(told()).as("a write").isTrue();
      Files.writeString(folder.resolve("new.tmp"), "333");
      Files.move(folder.resolve("new.tmp"), folder.resolve("src/b.js"));
      assertThat(told()).as("a new file").isTrue();
      Files.delete(source);
      assertThat(told()).as("a deletion").isTrue();
      Path input = Files.writeString(elsewhere.resolve("lib.js"), "1");
      watch.inputs(List.of(input));
      assertThat(changes.tryAcquire(500, TimeUnit.MILLISECONDS)).as("a new input").isFalse();
      Files.writeString(input, "22");
      assertThat(told()).as("a write to an input elsewhere").isTrue();
      Files.writeString(folder.resolve(".dev.vars"), "A=1");
      assertThat(told()).as("secrets").isTrue();
    }
  }

  @Test
  void whatTheEngineWritesIsNotTold() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.createDirectories(folder.resolve("node_modules"));
    Files.createDirectories(folder.resolve(".git"));
    try (SourceWatch watch = SourceWatch.start(folder, data, changed -> changes.release())) {
      Files.writeString(data.resolve("x.sqlite"), "1");
      Files.writeString(folder.resolve("node_modules/x.js"), "1");
      Files.writeString(folder.resolve(".git/x"), "1");
      Files.writeString(folder.resolve(".x.swp"), "1");
      assertThat(changes.tryAcquire(800, TimeUnit.MILLISECONDS)).isFalse();
    }
  }
}
