package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import org.jspecify.annotations.Nullable;

/// What a stub remembers of the life it talks to: when that life fails, the stub fails from then
/// on, as its holder may rely on what that life had in memory. A life that ended in good order
/// leaves the line intact. Touched in the facet's mailbox only.
public final class Line {
  private @Nullable Life life;

  /// One life of a facet.
  static final class Life {
    private volatile @Nullable FacetException failure;

    void failed(FacetException reason) {
      failure = reason;
    }

    @Nullable FacetException failure() {
      return failure;
    }
  }

  /// Why the line is dead; null while it is not.
  @Nullable FacetException failure() {
    return life == null ? null : life.failure();
  }

  void connect(Life current) {
    life = current;
  }
}
