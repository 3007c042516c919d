package dev.lapidary.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcStatTest {
  @Test
  void theFourTimesAreAddedEvenBehindAnUglyName() {
    String stat = "42 (a) (b c) S 1 42 42 0 -1 4194304 10 20 30 40 1000 200 30 4 20 0 9 0 77 1 2";
    ProcStat read = ProcStat.parse(stat, List.of("Name:\ta", "VmRSS:\t    2048 kB"));
    assertThat(read).isEqualTo(new ProcStat(1234, 2048 * 1024));
  }

  @Test
  void aZombieHasNoMemory() {
    String stat = "1 (z) Z 1 1 1 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 7";
    assertThat(ProcStat.parse(stat, List.of("State:\tZ")).rssBytes()).isZero();
  }

  @Test
  void tenMillisecondTicksBecomeMicroseconds() {
    ProcessMeter meter = ProcessMeter.of(ProcessHandle.current());
    assertThat(meter.cpuMicros(new ProcStat(5, 0), new ProcStat(8, 0))).isEqualTo(30_000);
  }

  @Test
  void thisVeryProcessUsesMemory() {
    assertThat(ProcessMeter.of(ProcessHandle.current()).read().rssBytes()).isGreaterThan(1 << 20);
  }
}
