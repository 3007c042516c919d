package dev.lapidary.abi.rpc;

import org.jspecify.annotations.Nullable;

/// All Durable Objects of one class: JavaScript's `DurableObjectNamespace`. Ids are 64 lower-case
/// hex digits.
public interface Namespace extends Capability {

  /// The id that a name stands for.
  String idFromName(String name);

  /// An id that no other object has.
  ///
  /// @param randomness 16 bytes
  String uniqueId(byte[] randomness);

  /// Makes sure that a text is an id of this namespace.
  ///
  /// @return it, in lower case
  /// @throws IllegalArgumentException where it is none
  String checkedId(String text);

  /// A way to an object, which need not exist.
  ///
  /// @param id an id of this namespace
  /// @param name the name that the id was made from, where it was
  Stub get(String id, @Nullable String name);
}
