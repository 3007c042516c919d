package dev.lapidary.abi.rpc;

/// What one event may use, all of its turns together.
///
/// @param cpuMillis CPU time in milliseconds
/// @param subrequests requests and calls made for it
public record InvocationLimits(long cpuMillis, int subrequests) {
  /// No more than what holds for everybody.
  public static final InvocationLimits NONE =
      new InvocationLimits(Long.MAX_VALUE, Integer.MAX_VALUE);

  /// The lower of both.
  public InvocationLimits and(InvocationLimits other) {
    return new InvocationLimits(
        Math.min(cpuMillis, other.cpuMillis), Math.min(subrequests, other.subrequests));
  }
}
