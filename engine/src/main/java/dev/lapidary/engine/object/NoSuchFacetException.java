package dev.lapidary.engine.object;

/// There never was such a facet.
public final class NoSuchFacetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param object the object's name, or its id where the name is not known
  public NoSuchFacetException(String object, String facet) {
    super("Object \"" + object + "\" has no facet \"" + facet + "\".", null, false, false);
  }
}
