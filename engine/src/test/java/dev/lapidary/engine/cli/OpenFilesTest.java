package dev.lapidary.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFilesTest {
  @Test
  void aLowLimitIsToldWithWhatToDo() {
    assertThat(OpenFiles.warning(1_024)).get().asString().contains("only 1024 files", "ulimit -n");
    assertThat(OpenFiles.warning(20_000)).isEmpty();
  }
}
