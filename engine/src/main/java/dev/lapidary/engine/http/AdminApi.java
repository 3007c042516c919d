package dev.lapidary.engine.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.object.NoSuchFacetException;
import dev.lapidary.engine.supervisor.AppRunner;
import dev.lapidary.engine.supervisor.AppSource;
import dev.lapidary.engine.supervisor.ModuleJson;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The API of whoever runs this server, below `/_api`.
///
/// It serves command lines and programs, not web pages: apps answer on the same origin, so a
/// request that a browser makes for a page's script is refused, and so is one for a foreign host
/// name (DNS rebinding).
final class AdminApi {
  static final String FORBIDDEN =
      "The API below /_api takes no requests from scripts in web pages or for foreign host names.";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DEFAULT_MAIN = "app.js";

  private final AppRunner apps;
  private final Limits limits;

  AdminApi(AppRunner apps, Limits limits) {
    this.apps = apps;
    this.limits = limits;
  }

  void mount(Router router) {
    router.route("/_api/*").handler(AdminApi::refuseWebPages);
    router.put("/_api/apps/:app").handler(this::deploy);
    router.get("/_api/apps").handler(context -> respond(context, 200, Map.of("apps", apps.apps())));
    router.route("/_api/apps").handler(context -> context.fail(405));
    router.route("/_api/apps/:app").handler(context -> context.fail(405));
    router.route("/_api/*").handler(this::facet);
  }

  static void refuseWebPages(RoutingContext context) {
    HttpServerRequest request = context.request();
    String mode = request.getHeader("sec-fetch-mode");
    boolean page =
        request.getHeader("origin") != null || (mode != null && !mode.equals("navigate"));
    boolean foreign = request.authority() == null || !isLocal(request.authority().host());
    if (page || foreign) {
      context.fail(403);
    } else {
      context.next();
    }
  }

  private static boolean isLocal(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.matches("\\[[0-9a-fA-F:.]+]|[0-9]+(\\.[0-9]+){3}");
  }

  /// `GET /_api/objects/{object}/facets/{facet}`.
  private void facet(RoutingContext context) {
    Optional<ApiPath> path = ApiPath.of(context.request().uri()).filter(found -> found.is(""));
    if (path.isEmpty()) {
      context.fail(404);
    } else if (!context.request().method().equals(HttpMethod.GET)) {
      context.fail(405);
    } else {
      apps.stat(path.get().object(), path.get().facet())
          .onSuccess(found -> respond(context, path.get(), found))
          .onFailure(context::fail);
    }
  }

  private static void respond(RoutingContext context, ApiPath path, Optional<FacetStatus> status) {
    if (status.isEmpty()) {
      context.fail(new NoSuchFacetException(path.object(), path.facet()));
    } else {
      respond(context, 200, FacetReport.of(path, status.get()));
    }
  }

  private void deploy(RoutingContext context) {
    String name = String.valueOf(context.pathParam("app"));
    apps.deploy(name, source(context))
        .onSuccess(deployed -> respond(context, 200, answer(deployed)))
        .onFailure(failure -> context.fail(refusal(failure)));
  }

  private static Map<String, Object> answer(AppRunner.Deployed deployed) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("app", deployed.app().app());
    answer.put("codeId", deployed.app().codeId());
    if (!deployed.warnings().isEmpty()) {
      answer.put("warnings", deployed.warnings());
    }
    return answer;
  }

  /// Code that does not start is the deployer's mistake, not the server's.
  private static Throwable refusal(Throwable failure) {
    return failure instanceof FacetException e && e.outcome() != Outcome.INTERNAL_ERROR
        ? new BadRequest("Failed to start Worker:\nUncaught " + at(e))
        : failure;
  }

  private static String at(FacetException failure) {
    String stack = failure.error().stack().stripTrailing();
    return failure.error().summary() + (stack.isBlank() ? "" : "\n" + stack);
  }

  private AppSource source(RoutingContext context) {
    byte[] body = WholeBody.of(context);
    String type = context.request().getHeader("content-type");
    String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return switch (media) {
      case "text/javascript", "application/javascript" ->
          new AppSource.JavaScript(ModuleSources.single(DEFAULT_MAIN, text(body), limits));
      case "application/json" -> new AppSource.JavaScript(bundle(text(body)));
      case "application/wasm" -> new AppSource.WebAssembly(body);
      default ->
          throw new BadRequest(
              "Deploy a JavaScript module with content-type text/javascript, several as"
                  + " application/json {\"mainModule\": …, \"modules\": {…}}, or a WebAssembly module"
                  + " as application/wasm.");
    };
  }

  private static String text(byte[] body) {
    if (body.length == 0) {
      throw new BadRequest("The request has no body: send the app's code.");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new BadRequest("The code is not UTF-8.");
    }
  }

  private ModuleSources bundle(String json) {
    JsonNode bundle;
    try {
      bundle = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      var where = e.getLocation();
      throw new BadRequest(
          "The body is not JSON: line " + where.getLineNr() + ", column " + where.getColumnNr());
    }
    JsonNode main = bundle.path("mainModule");
    JsonNode modules = bundle.path("modules");
    if (!main.isTextual() || !modules.isObject()) {
      throw new BadRequest("A bundle needs \"mainModule\", a string, and \"modules\", an object.");
    }
    return ModuleJson.read(main.textValue(), modules, limits);
  }

  private static void respond(RoutingContext context, int status, Object body) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .end(Errors.json(body) + "\n");
  }
}
