package dev.lapidary.engine.facet;

import dev.lapidary.abi.Header;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.guest.v8.ValueWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the tails of a worker of its events: calls their method `tail` with a list of one trace
/// item, as Cloudflare describes them. Nobody waits for what becomes of it.
final class Tails {
  private static final Logger LOG = LoggerFactory.getLogger(Tails.class);
  private static final Pattern SECRET =
      Pattern.compile("(set-)?cookie|.*(auth|key|secret|token|jwt).*");

  private Tails() {}

  static void tell(List<Stub> tails, InvocationReport report) {
    boolean silent = report.logs().isEmpty() && report.exceptions().isEmpty();
    if (tails.isEmpty() || (silent && event(report) == null)) {
      return;
    }
    byte[] events = ValueWriter.write(List.of(List.of(item(report))));
    for (Stub tail : tails) {
      try {
        CompletableFuture<?> ignored =
            tail.call(new RpcCall(List.of("tail"), Payload.v8(events)))
                .whenComplete((answer, failure) -> ended(report, answer, failure));
      } catch (RuntimeException e) {
        ended(report, null, e);
      }
    }
  }

  private static void ended(
      InvocationReport report, @Nullable Payload answer, @Nullable Throwable failure) {
    if (answer != null) {
      answer.release();
    } else if (failure != null) {
      LOG.warn("a tail of {} failed: {}", report.facet(), failure.toString());
    }
  }

  private static Map<String, @Nullable Object> item(InvocationReport report) {
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("event", event(report));
    item.put("eventTimestamp", report.began().toEpochMilli());
    item.put("logs", report.logs().stream().map(Tails::line).toList());
    item.put("exceptions", report.exceptions().stream().map(Tails::exception).toList());
    item.put("diagnosticsChannelEvents", List.of());
    item.put("scriptName", null);
    if (!report.facet().objectId().isEmpty()) {
      item.put("durableObjectId", report.facet().objectId());
    }
    item.put("outcome", report.outcome().id());
    item.put("executionModel", report.facet().objectId().isEmpty() ? "stateless" : "durableObject");
    item.put("truncated", report.truncated());
    item.put("cpuTime", report.used().cpuNanos() / 1_000_000);
    item.put("wallTime", report.tookNanos() / 1_000_000);
    return item;
  }

  private static @Nullable Map<String, Object> event(InvocationReport report) {
    return switch (report.trigger()) {
      case Trigger.Fetch fetch -> {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put(
            "request",
            Map.of(
                "url", fetch.url(), "method", fetch.method(), "headers", headers(fetch.headers())));
        report.status().ifPresent(status -> event.put("response", Map.of("status", status)));
        yield event;
      }
      case Trigger.Call call -> Map.of("rpcMethod", call.method());
      case Trigger.Alarm alarm ->
          Map.of("scheduledTime", java.time.Instant.ofEpochMilli(alarm.scheduledMillis()));
      case Trigger.Internal internal -> null;
      case Trigger.Start start -> null;
      case Trigger.Timer timer -> null;
    };
  }

  private static Map<String, String> headers(List<Header> headers) {
    Map<String, String> shown = new LinkedHashMap<>();
    for (Header header : headers) {
      String name = header.name().toLowerCase(Locale.ROOT);
      String value = SECRET.matcher(name).matches() ? "REDACTED" : header.value();
      shown.merge(name, value, (first, second) -> first + ", " + second);
    }
    return shown;
  }

  private static Map<String, Object> line(InvocationReport.Line line) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("timestamp", line.time().toEpochMilli());
    shown.put("level", line.level().name().toLowerCase(Locale.ROOT));
    shown.put("message", List.of(line.message()));
    return shown;
  }

  private static Map<String, Object> exception(InvocationReport.Thrown thrown) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("timestamp", thrown.time().toEpochMilli());
    shown.put("name", thrown.error().name());
    shown.put("message", thrown.error().message());
    shown.put("stack", thrown.error().stack());
    return shown;
  }
}
