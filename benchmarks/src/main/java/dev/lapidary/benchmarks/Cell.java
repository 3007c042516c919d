package dev.lapidary.benchmarks;

/// One line of the table: what is asked, of how many facets, over how many connections.
record Cell(Workload workload, int facets, int connections) {
  Cell {
    if (facets < 1 || facets > 10_000 || connections < 1 || connections > 1_000) {
      throw new IllegalArgumentException("facets 1..10000 and connections 1..1000, please");
    }
  }

  @Override
  public String toString() {
    return "%s facets=%d connections=%d".formatted(workload.id(), facets, connections);
  }
}
