package dev.lapidary.engine.facet;

import dev.lapidary.abi.rpc.ActorClass;
import java.util.concurrent.CompletableFuture;

/// A class that facets can run: all that is known of it before there is a facet.
public interface FacetClass extends ActorClass {

  /// What to start a facet with, once the code is loaded.
  CompletableFuture<FacetStart> start();
}
