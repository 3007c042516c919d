package dev.lapidary.abi.rpc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call of a method, or the reading of a property.
///
/// @param path names that lead from the receiver to the method or property; empty calls the
///     receiver itself, a function
/// @param args the arguments, one array value; null reads the property
public record RpcCall(List<String> path, @Nullable Payload args) {
  public RpcCall {
    path = List.copyOf(path);
  }

  /// Gives up what the arguments hold.
  public void release() {
    if (args != null) {
      args.release();
    }
  }
}
