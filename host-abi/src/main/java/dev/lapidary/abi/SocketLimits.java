package dev.lapidary.abi;

/// What WebSockets may take.
///
/// @param perFacet ends that one facet may have accepted for hibernation at once; as many again may
///     be open in other ways
/// @param messageBytes one message that arrives from a client
/// @param bufferBytes what may wait for one end before its connection is cut, whatever the size of
///     the message that comes on top
/// @param attachmentBytes what is attached to one end
public record SocketLimits(int perFacet, int messageBytes, int bufferBytes, int attachmentBytes) {
  /// Cloudflare's values where it publishes one.
  public static final SocketLimits DEFAULT = new SocketLimits(32_768, 32 << 20, 16 << 20, 16_384);

  public SocketLimits {
    if (perFacet < 1 || messageBytes < 1 || bufferBytes < 1 || attachmentBytes < 1) {
      throw new IllegalArgumentException("limits of WebSockets must be positive");
    }
  }
}
