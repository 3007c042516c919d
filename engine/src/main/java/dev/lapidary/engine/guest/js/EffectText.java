package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Effect.FacetChange;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How much text an effect holds beside its values and bodies. A guest that hands the same text
/// over a thousand times has it once; the host has it a thousand times.
final class EffectText {
  private EffectText() {}

  /// In UTF-16 units.
  static long length(Effect effect) {
    return switch (effect) {
      case Effect.Call call -> call.call().path().stream().mapToLong(String::length).sum();
      case Effect.Subrequest subrequest -> length(subrequest.request());
      case Effect.Reply reply -> length(reply.response().headers());
      case Effect.Failure failure -> length(failure.error());
      case Effect.FacetStarted started -> length(started.facetId());
      case Effect.AskFacets ask -> length(ask.name());
      case Effect.ChangeFacet change -> length(change.change());
      case Effect.OfStream.Cancel cancel -> cancel.reason().length();
      case Effect.OfStream.Fail fail -> length(fail.error());
      case Effect.OfSocket.Close close -> close.reason().length();
      default -> 0;
    };
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private static long length(Request request) {
    return (long) request.method().length() + request.url().length() + length(request.headers());
  }

  private static long length(List<Header> headers) {
    long length = 0;
    for (Header header : headers) {
      length += header.name().length() + header.value().length();
    }
    return length;
  }

  private static long length(GuestError error) {
    return (long) error.name().length()
        + error.message().length()
        + error.stack().length()
        + error.details().properties().length;
  }

  private static long length(FacetChange change) {
    return switch (change) {
      case FacetChange.Abort abort -> abort.name().length() + length(abort.reason());
      case FacetChange.Delete delete -> delete.name().length();
      case FacetChange.DeleteAll all -> 0;
      case FacetChange.Clone clone -> (long) clone.source().length() + clone.target().length();
    };
  }
}
