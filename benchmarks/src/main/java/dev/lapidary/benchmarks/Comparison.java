package dev.lapidary.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Samples of the same rows from several sides: a table of medians, with ratios to the last side.
final class Comparison {
  private static final String PEER = "workerd";
  private static final List<String> ORDER = List.of("lapidary", "project", PEER);
  private static final Map<String, String> LETTERS =
      Map.of("lapidary", "L", "project", "P", PEER, "W");

  private final String title;
  private final List<String> keys;
  private final List<Metric> metrics;
  private final Map<List<String>, Map<String, List<Measurement>>> rows = new LinkedHashMap<>();
  private final List<String> sides = new ArrayList<>();

  /// @param title the table's
  /// @param keys what a row is named by
  Comparison(String title, List<String> keys, List<Metric> metrics) {
    this.title = title;
    this.keys = keys;
    this.metrics = metrics;
  }

  void add(List<String> row, String side, Measurement sample) {
    if (row.size() != keys.size()) {
      throw new IllegalArgumentException("a row is named by " + keys + ", not by " + row);
    }
    rows.computeIfAbsent(row, key -> new LinkedHashMap<>())
        .computeIfAbsent(side, key -> new ArrayList<>())
        .add(sample);
    if (!sides.contains(side)) {
      sides.add(side);
      sides.sort(Comparator.comparingInt(ORDER::indexOf));
    }
  }

  long errors() {
    return samples(rows.values().stream().toList()).stream().mapToLong(Measurement::errors).sum();
  }

  /// As Markdown, to be pasted into the README.
  String table() {
    StringBuilder out = new StringBuilder("**" + title + "**\n\n|");
    StringBuilder rule = new StringBuilder("|");
    keys.forEach(key -> out.append(' ').append(key).append(" |"));
    rule.append("---|".repeat(keys.size()));
    for (Metric metric : metrics) {
      for (String side : sides) {
        column(out, rule, metric.title() + " " + LETTERS.get(side));
      }
      ratios(metric).forEach(side -> column(out, rule, "**" + LETTERS.get(side) + "/W**"));
    }
    sides.forEach(side -> column(out, rule, "errors " + LETTERS.get(side)));
    out.append('\n').append(rule).append('\n');
    rows.forEach((row, of) -> out.append(line(row, of)).append('\n'));
    return out.toString();
  }

  /// All samples, for JSON.
  Map<String, Object> json() {
    List<Map<String, Object>> list = new ArrayList<>();
    rows.forEach(
        (row, of) -> {
          Map<String, List<Map<String, Object>>> bySide = new LinkedHashMap<>();
          of.forEach((side, taken) -> bySide.put(side, taken.stream().map(this::json).toList()));
          list.add(Map.of("row", row, "samples", bySide));
        });
    return Map.of("title", title, "keys", keys, "rows", list);
  }

  private Map<String, Object> json(Measurement sample) {
    Map<String, Object> values = new LinkedHashMap<>();
    sample.values().forEach((metric, value) -> values.put(metric.title(), value));
    values.put("errors", sample.errors());
    values.put("complaints", sample.complaints());
    return values;
  }

  private String line(List<String> row, Map<String, List<Measurement>> of) {
    StringBuilder out = new StringBuilder("|");
    row.forEach(key -> out.append(' ').append(key).append(" |"));
    for (Metric metric : metrics) {
      for (String side : sides) {
        number(out, "%." + metric.decimals() + "f", median(of, side, metric));
      }
      for (String side : ratios(metric)) {
        double ours = median(of, side, metric);
        number(out, "**%.2f**", Statistics.ratio(ours, median(of, PEER, metric)));
      }
    }
    for (String side : sides) {
      long errors = of.getOrDefault(side, List.of()).stream().mapToLong(Measurement::errors).sum();
      number(out, "%.0f", (double) errors);
    }
    return out.toString();
  }

  private List<String> ratios(Metric metric) {
    boolean compared = metric.use() == Metric.Use.COMPARED && sides.contains(PEER);
    return compared ? sides.stream().filter(side -> !side.equals(PEER)).toList() : List.of();
  }

  private static double median(Map<String, List<Measurement>> of, String side, Metric metric) {
    return Statistics.median(
        of.getOrDefault(side, List.of()).stream()
            .mapToDouble(sample -> sample.values().getOrDefault(metric, Double.NaN))
            .toArray());
  }

  private static List<Measurement> samples(List<Map<String, List<Measurement>>> of) {
    return of.stream().flatMap(bySide -> bySide.values().stream()).flatMap(List::stream).toList();
  }

  private static void column(StringBuilder out, StringBuilder rule, String title) {
    out.append(' ').append(title).append(" |");
    rule.append("---:|");
  }

  private static void number(StringBuilder out, String format, double value) {
    out.append(' ')
        .append(Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-")
        .append(" |");
  }
}
