package dev.lapidary.engine.facet;

import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.GuestError.Details;
import dev.lapidary.abi.GuestError.Mark;
import java.util.EnumSet;
import java.util.Set;

/// What callers are told beside an error's text.
final class Errors {
  private Errors() {}

  /// An error that a facet's own code threw.
  static GuestError thrownBy(FacetId facet, GuestError error) {
    return marked(facet, error, Mark.REMOTE);
  }

  /// An error that ended a life.
  static GuestError resetOf(FacetId facet, GuestError error) {
    return marked(facet, error, Mark.DURABLE_OBJECT_RESET);
  }

  /// An error of the engine's: too much is asked of it.
  static GuestError overloaded(String message) {
    return new GuestError("Error", message, "")
        .with(new Details(new byte[0], Set.of(Mark.OVERLOADED), ""));
  }

  private static GuestError marked(FacetId facet, GuestError error, Mark mark) {
    Details details = error.details();
    Set<Mark> marks = EnumSet.of(mark);
    marks.addAll(details.marks());
    String objectId = details.objectId().isEmpty() ? facet.objectId() : details.objectId();
    return error.with(new Details(details.properties(), marks, objectId));
  }
}
