package dev.lapidary.engine.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.object.NoSuchFacetException;
import dev.lapidary.engine.supervisor.AppNotStoredException;
import dev.lapidary.engine.supervisor.UnknownAppException;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every failure's way to the client, in one place: `{"error": …, "outcome": …}`, never a stack
/// trace or a path of the host.
final class Errors {
  static final String NO_FACET =
      "There is nothing here. A facet answers at /{object}/{facet}/…, the API is below /_api/apps.";

  private static final Logger LOG = LoggerFactory.getLogger(Errors.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /// No facet's path, and no other.
  static final class NothingHere extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private record Problem(int status, String error, @Nullable Outcome outcome) {
    Problem(int status, String error) {
      this(status, error, null);
    }
  }

  private final Limits limits;

  Errors(Limits limits) {
    this.limits = limits;
  }

  void respond(RoutingContext context) {
    Problem problem = problem(context.failure(), context.statusCode());
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (!context.request().isEnded()) {
      response.putHeader("connection", "close");
    }
    Map<String, String> body = new LinkedHashMap<>();
    body.put("error", problem.error());
    if (problem.outcome() != null) {
      body.put("outcome", problem.outcome().id());
    }
    response
        .setStatusCode(problem.status())
        .putHeader("content-type", "application/json")
        .end(json(body) + "\n")
        .onComplete(sent -> closeIfUnread(context));
  }

  /// What is left of a request that nobody will read must not be taken for the next one.
  private static void closeIfUnread(RoutingContext context) {
    if (!context.request().isEnded()) {
      context.request().connection().close();
    }
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private Problem problem(@Nullable Throwable failure, int status) {
    return switch (failure) {
      case NothingHere e -> new Problem(404, NO_FACET);
      case UnknownAppException e -> new Problem(404, String.valueOf(e.getMessage()));
      case AppNotStoredException e -> new Problem(503, String.valueOf(e.getMessage()));
      case NoSuchFacetException e -> new Problem(404, String.valueOf(e.getMessage()));
      case StorageApi.Refused e -> new Problem(e.status(), String.valueOf(e.getMessage()));
      case RequestReader.TooLarge e -> new Problem(413, String.valueOf(e.getMessage()));
      case BadRequest e -> new Problem(400, String.valueOf(e.getMessage()));
      case ModuleSources.InvalidModules e -> new Problem(400, String.valueOf(e.getMessage()));
      case IllegalArgumentException e -> new Problem(400, String.valueOf(e.getMessage()));
      case FacetException e -> new Problem(status(e.outcome()), e.error().summary(), e.outcome());
      case ResponseWriter.InvalidResponse e ->
          new Problem(
              500,
              "The facet's response has a header that HTTP does not allow.",
              Outcome.EXCEPTION);
      case null, default -> byStatus(failure, status);
    };
  }

  private static int status(Outcome outcome) {
    return switch (outcome) {
      case EXCEEDED_CPU, EXCEEDED_MEMORY, EXCEEDED_STACK, OVERLOADED, ABORTED -> 503;
      default -> 500;
    };
  }

  private Problem byStatus(@Nullable Throwable failure, int status) {
    return switch (status) {
      case 413 ->
          new Problem(
              413,
              "The request body is larger than the limit of "
                  + limits.requestBodyBytes()
                  + " bytes.");
      case 400 -> new Problem(400, "The request is malformed.");
      case 403 -> new Problem(403, AdminApi.FORBIDDEN);
      case 404 -> new Problem(404, NO_FACET);
      case 405 -> new Problem(405, "This path does not take the method.");
      default -> {
        if (status >= 400 && status < 500) {
          yield new Problem(status, "The request cannot be served: HTTP status " + status + ".");
        }
        LOG.error("a request failed", failure);
        yield new Problem(500, "internal error", Outcome.INTERNAL_ERROR);
      }
    };
  }
}
