package dev.lapidary.engine.facet;

/// A supervision whose supervisor comes later, or is replaced. Thread-safe.
public final class Supervised implements Supervision {
  private volatile Supervision supervisor = Supervision.NONE;

  /// From here on, this one has the say.
  public void by(Supervision other) {
    supervisor = other;
  }

  @Override
  public FacetPolicy policy(FacetId facet) {
    return supervisor.policy(facet);
  }

  @Override
  public void before(FacetId facet, Trigger trigger) {
    supervisor.before(facet, trigger);
  }

  @Override
  public void after(InvocationReport report) {
    supervisor.after(report);
  }
}
