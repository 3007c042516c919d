package dev.lapidary.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What it costs to load code, to start facets, and to call them, from a JavaScript supervisor.
@Command(
    name = "loader",
    description = "Fresh code, fresh facets and calls on Lapidary and workerd, by turns.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class LoaderCommand implements Callable<Integer> {
  private static final Metric P50 = Metric.compared("p50 us", 0);
  private static final Metric P99 = Metric.shown("p99 us", 0);
  private static final Metric CPU = Metric.compared("CPU us", 0);
  private static final Metric CLIENT = Metric.shown("client us", 0);
  private static final Metric CALL = Metric.compared("us/call", 1);
  private static final Metric CALL_CPU = Metric.compared("CPU us/call", 1);
  private static final Metric MEMORY = Metric.compared("KB each", 0);

  /// Codes and facets of a run are never the same.
  private long serial = System.currentTimeMillis();

  @Option(names = "--fresh", description = "Fresh codes or facets of a sample.")
  int fresh = 100;

  @Option(names = "--calls", description = "Calls within one request.")
  int calls = 500;

  @Option(names = "--held", description = "Codes or facets held while memory is read.")
  int held = 100;

  @Mixin Contest contest = new Contest();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Comparison starts =
        contest.table(
            "One request, one at a time", List.of("what"), List.of(P50, P99, CPU, CLIENT));
    Comparison within =
        contest.table("Calls within one request", List.of("calls"), List.of(CALL, CALL_CPU));
    Comparison memory = contest.table("Memory", List.of("what"), List.of(MEMORY));
    try (Contest running = contest) {
      running.start(
          List.of("project", "workerd"), "", Program.ofWorker(Launcher.resource("loader.js")));
      for (RunningServer server : contest.servers()) {
        warmUp(server);
      }
      for (int round = 0; round < contest.rounds; round++) {
        for (Kind kind : Kind.values()) {
          for (RunningServer server : contest.servers(round)) {
            Comparison table = kind.isWithin() ? within : starts;
            contest.add(table, round, List.of(kind.title), server, measure(server, kind));
          }
        }
        for (String what : List.of("facets", "codes")) {
          for (RunningServer server : contest.servers(round)) {
            contest.add(memory, round, List.of(title(what)), server, memory(server, what));
          }
        }
      }
      return contest.conclude();
    }
  }

  /// What is asked for, and how often.
  private enum Kind {
    KNOWN("a request to a facet that runs", "facet", "known"),
    FACET("first request to a fresh facet of known code", "facet", "known"),
    CODE("first request to fresh code", "code", "code"),
    LARGE("first request to fresh code of 100 KB", "large-code", "large-code"),
    BOTH("first request to a facet of fresh code", "code-and-facet", "code-and-facet"),
    CALLS("supervisor to facet, one after the other", "calls", ""),
    AT_ONCE("supervisor to facet, all at once", "calls-at-once", ""),
    STUB("facet to a stub of another facet's", "stub-to-stub", "");

    private final String title;
    private final String path;
    private final String answer;

    Kind(String title, String path, String answer) {
      this.title = title;
      this.path = path;
      this.answer = answer;
    }

    boolean isWithin() {
      return answer.isEmpty();
    }

    boolean isFresh() {
      return !isWithin() && this != KNOWN;
    }

    private Ask ask(String object, long number) {
      String text = answer;
      if (isWithin()) {
        text = Long.toString(number);
      } else if (!answer.equals("known")) {
        text = answer + number;
      }
      return Ask.forText("/" + object + "/" + path + "/" + number, 0, text);
    }
  }

  private void warmUp(RunningServer server) throws IOException {
    for (Kind kind : Kind.values()) {
      AskLoop.Taken taken = run(server, kind, contest.warmUp(), Long.MAX_VALUE);
      contest.say(
          "warm-up %s %s: %.1f/s %s",
          server.name(), kind.title, taken.count() / taken.seconds(), taken.complaints());
    }
  }

  private Measurement measure(RunningServer server, Kind kind) throws IOException {
    Meter meter = new Meter(server);
    long most = kind.isFresh() ? fresh : Long.MAX_VALUE;
    Duration time = kind.isFresh() ? Duration.ofMinutes(1) : contest.sample();
    AskLoop.Taken taken = run(server, kind, time, most);
    double cpu = meter.cpuMicros() / taken.count();
    double p50 = taken.whole().micros(50);
    Measurement sample = Measurement.of(taken.complaints().size(), taken.complaints());
    return kind.isWithin()
        ? sample.with(CALL, p50 / calls).with(CALL_CPU, cpu / calls)
        : sample
            .with(P50, p50)
            .with(P99, taken.whole().micros(99))
            .with(CPU, cpu)
            .with(CLIENT, taken.clientNanos() / 1e3 / taken.count());
  }

  private AskLoop.Taken run(RunningServer server, Kind kind, Duration time, long most)
      throws IOException {
    String object = "object" + serial++;
    LongFunction<Ask> ask = number -> kind.ask(object, number);
    Supplier<Ask> next =
        kind.isFresh() ? () -> ask.apply(serial++) : () -> ask.apply(kind.isWithin() ? calls : 1);
    return AskLoop.run(server.address(), 1, time, most, next);
  }

  private static String title(String what) {
    return what.equals("facets") ? "a running facet" : "a loaded code of 100 KB";
  }

  /// What the process grew by, with the first one there already and all in use.
  private Measurement memory(RunningServer server, String what)
      throws IOException, InterruptedException {
    String object = "holder" + serial++;
    AskLoop.Taken before = hold(server, object, what, 1);
    double empty = server.settledBytes();
    AskLoop.Taken after = hold(server, object, what, held);
    double full = server.settledBytes();
    List<String> complaints = before.complaints().isEmpty() ? after.complaints() : List.of();
    return Measurement.of(complaints.size(), complaints)
        .with(MEMORY, (full - empty) / 1e3 / (held - 1));
  }

  private static AskLoop.Taken hold(RunningServer server, String object, String what, int count)
      throws IOException {
    Ask ask = Ask.forText("/" + object + "/hold-" + what + "/" + count, 0, "" + count);
    return AskLoop.run(server.address(), 1, Duration.ofSeconds(60), 1, () -> ask);
  }
}
