package dev.lapidary.engine.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.engine.supervisor.AppRunner;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What can be done to a facet, for whoever runs this server, below
/// `/_api/objects/{object}/facets/{facet}`:
///
/// - `POST …/rpc/{method}` with a JSON array calls a method: `{"result": …}`. As a request does, it
///   makes the facet where there is none.
/// - `POST …/abort`, perhaps with `{"reason": string}`, ends its life: 204. It starts afresh with
///   its next event, over the same data. 404 where there never was such a facet.
/// - `DELETE` deletes it, with all it stored and all facets below it: 204 once that is on disk,
///   also where there is none, so that it can be repeated.
final class FacetApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_REASON = 1_000;

  private final AppRunner apps;

  FacetApi(AppRunner apps) {
    this.apps = apps;
  }

  void mount(Router router) {
    router.route("/_api/objects/*").handler(AdminApi::refuseWebPages).handler(this::handle);
  }

  private void handle(RoutingContext context) {
    ApiPath path = ApiPath.of(context.request().uri()).orElse(null);
    if (path == null) {
      context.next();
      return;
    }
    String method = context.request().method().name();
    if (path.what().equals("rpc")) {
      if (path.item().isEmpty()) {
        context.fail(404);
      } else if (method.equals("POST")) {
        call(context, path);
      } else {
        context.fail(405);
      }
    } else if (path.is("abort")) {
      if (method.equals("POST")) {
        done(context, apps.abort(path.object(), path.facet(), reason(WholeBody.of(context))));
      } else {
        context.fail(405);
      }
    } else if (path.is("") && method.equals("DELETE")) {
      done(context, apps.delete(path.object(), path.facet()));
    } else if (!path.item().isEmpty()) {
      context.fail(404);
    } else {
      context.next();
    }
  }

  private void call(RoutingContext context, ApiPath path) {
    byte[] body = WholeBody.of(context);
    JsonNode args = json(body, "[]");
    if (!args.isArray()) {
      throw new BadRequest("The body is the method's arguments, a JSON array.");
    }
    apps.call(path.object(), path.facet(), path.item(), args.toString())
        .onSuccess(
            result ->
                context
                    .response()
                    .putHeader("content-type", "application/json")
                    .end("{\"result\":" + result + "}\n"))
        .onFailure(context::fail);
  }

  private static String reason(byte[] body) {
    JsonNode reason = json(body, "{}").path("reason");
    if (reason.isMissingNode()) {
      return "The facet was aborted.";
    }
    if (!reason.isTextual() || reason.textValue().length() > MAX_REASON) {
      throw new BadRequest("reason is a string of at most " + MAX_REASON + " characters.");
    }
    return reason.textValue();
  }

  private static JsonNode json(byte[] body, String absent) {
    try {
      return body.length == 0
          ? JSON.readTree(absent)
          : JSON.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new BadRequest("The body is not JSON.");
    }
  }

  private static void done(RoutingContext context, Future<Void> done) {
    HttpServerResponse response = context.response();
    done.onSuccess(ended -> response.setStatusCode(204).end()).onFailure(context::fail);
  }
}
