package dev.lapidary.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// All samples of a run: a table of medians over the rounds, and JSON with every sample.
final class Report {
  private static final String LAPIDARY = "lapidary";
  private static final String WORKERD = "workerd";

  private final Machine machine;
  private final Map<String, String> settings;
  private final Map<Cell, Map<String, List<Sample>>> samples = new LinkedHashMap<>();

  Report(Machine machine, Map<String, String> settings) {
    this.machine = machine;
    this.settings = settings;
  }

  void add(Cell cell, String server, Sample sample) {
    samples
        .computeIfAbsent(cell, key -> new LinkedHashMap<>())
        .computeIfAbsent(server, key -> new ArrayList<>())
        .add(sample);
  }

  long errors() {
    return samples.values().stream()
        .flatMap(of -> of.values().stream())
        .flatMap(List::stream)
        .mapToLong(Sample::errors)
        .sum();
  }

  double median(Cell cell, String server, ToDoubleFunction<Sample> value) {
    List<Sample> taken = samples.getOrDefault(cell, Map.of()).getOrDefault(server, List.of());
    return Statistics.median(taken.stream().mapToDouble(value).toArray());
  }

  /// As Markdown, to be pasted into the README.
  String table() {
    StringBuilder out = new StringBuilder();
    out.append("| workload | facets | conns | req/s L | req/s W | **L/W** ")
        .append(
            "| p50 us L | p50 us W | p99 us L | p99 us W | CPU us/req L | CPU us/req W | **L/W** ")
        .append("| RSS MB L | RSS MB W | errors L | errors W |\n|---")
        .append("|---:".repeat(16))
        .append("|\n");
    samples.keySet().forEach(cell -> out.append(line(cell)));
    return out.toString();
  }

  void writeJson(Path file) throws IOException {
    List<Map<String, Object>> cells = new ArrayList<>();
    samples.forEach((cell, of) -> cells.add(Map.of("cell", cell, "samples", of)));
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(
            file.toFile(), Map.of("machine", machine, "settings", settings, "cells", cells));
  }

  private String line(Cell cell) {
    return "| %s | %d | %d |".formatted(cell.workload().id(), cell.facets(), cell.connections())
        + pair(cell, Sample::throughput, 1)
        + times(cell, Sample::throughput)
        + pair(cell, Sample::p50Micros, 1)
        + pair(cell, Sample::p99Micros, 1)
        + pair(cell, Sample::cpuMicros, 1)
        + times(cell, Sample::cpuMicros)
        + pair(cell, Sample::rssBytes, 1e6)
        + number("%.0f", total(cell, LAPIDARY))
        + number("%.0f", total(cell, WORKERD))
        + "\n";
  }

  private String pair(Cell cell, ToDoubleFunction<Sample> value, double unit) {
    return number("%.0f", median(cell, LAPIDARY, value) / unit)
        + number("%.0f", median(cell, WORKERD, value) / unit);
  }

  private String times(Cell cell, ToDoubleFunction<Sample> value) {
    double ours = median(cell, LAPIDARY, value);
    return number("**%.2f**", Statistics.ratio(ours, median(cell, WORKERD, value)));
  }

  /// NaN where a server took no part.
  private double total(Cell cell, String server) {
    List<Sample> taken = samples.getOrDefault(cell, Map.of()).get(server);
    return taken == null ? Double.NaN : taken.stream().mapToLong(Sample::errors).sum();
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? " - |" : " " + String.format(Locale.ROOT, format, value) + " |";
  }
}
