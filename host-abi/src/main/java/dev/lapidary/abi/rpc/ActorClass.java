package dev.lapidary.abi.rpc;

/// A class that a facet can run: JavaScript's `DurableObjectClass`. What it is made of is the
/// engine's business.
public interface ActorClass extends Capability {}
