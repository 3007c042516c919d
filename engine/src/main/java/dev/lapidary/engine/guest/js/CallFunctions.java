package dev.lapidary.engine.guest.js;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Effect.FacetChange;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.Capability;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Namespace;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.abi.rpc.Worker;
import dev.lapidary.abi.rpc.WorkerCode;
import dev.lapidary.abi.rpc.WorkerLoader;
import dev.lapidary.engine.guest.SeededRandom;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The host functions by which JavaScript calls others, and makes ways to call them. Calls are
/// effects; a way by itself does nothing.
final class CallFunctions {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<HostFunction> FUNCTIONS =
      EnumSet.range(HostFunction.CALL, HostFunction.ACTOR_CLASS);
  private static final int MAX_TAILS = 100;

  /// Read, it takes many times as much memory.
  private static final int MAX_JSON = 1 << 20;

  private static final int FROM_NAME = 0;
  private static final int UNIQUE = 1;

  private final QuickJs js;
  private final Handles handles;
  private final Payloads payloads;
  private final EffectFunctions effects;
  private final SeededRandom random;
  private long lastCall;

  CallFunctions(
      QuickJs js,
      Handles handles,
      Payloads payloads,
      EffectFunctions effects,
      SeededRandom random) {
    this.js = js;
    this.handles = handles;
    this.payloads = payloads;
    this.effects = effects;
    this.random = random;
  }

  boolean has(HostFunction function) {
    return FUNCTIONS.contains(function);
  }

  /// Performs one; the answer is a JavaScript value.
  long perform(HostFunction function, long[] args) {
    try {
      return answer(function, args);
    } catch (IllegalArgumentException e) {
      throw new HostCallException(Kind.TYPE_ERROR, String.valueOf(e.getMessage()));
    } catch (FacetException e) {
      throw new HostCallException(Kind.ERROR, e.error().message());
    }
  }

  private long answer(HostFunction function, long[] args) {
    return switch (function) {
      case OBJECT_ID -> objectId(args);
      case OBJECT_STUB ->
          hold(
              handles
                  .get(args[0], Namespace.class)
                  .get(js.text(args[1]), payloads.textOrNull(args[2])));
      case FACET -> facet(args);
      case LOAD -> load(args);
      case ENTRYPOINT -> entrypoint(args);
      case ACTOR_CLASS ->
          hold(worker(args[0]).actorClass(payloads.textOrNull(args[1]), props(args, 2)));
      default -> {
        effect(function, args);
        yield JsValue.UNDEFINED;
      }
    };
  }

  private void effect(HostFunction function, long[] args) {
    switch (function) {
      case CALL -> call(args);
      case SUBREQUEST -> subrequest(args);
      case CANCEL_CALL -> effects.add(new Effect.CancelCall(id(args[0])));
      case ANSWER -> answer(args);
      case DROP -> effects.add(new Effect.Drop(handles.take(args[0], Capability.class)));
      case FACET_ABORT ->
          change(
              new FacetChange.Abort(js.exactText(args[0]), effects.errorWithProperties(args, 1)));
      case FACET_DELETE -> change(new FacetChange.Delete(js.exactText(args[0])));
      case FACET_CLONE ->
          change(new FacetChange.Clone(js.exactText(args[0]), js.exactText(args[1])));
      case FACET_LIST -> effects.add(new Effect.AskFacets(fresh(args[0]), null));
      case FACET_STAT -> effects.add(new Effect.AskFacets(fresh(args[0]), js.exactText(args[1])));
      case FACET_STARTED ->
          effects.add(
              new Effect.FacetStarted(
                  id(args[0]),
                  handles.get(args[1], ActorClass.class),
                  payloads.textOrNull(args[2])));
      case CODE -> effects.add(new Effect.Code(id(args[0]), code(args)));
      default -> throw new IllegalStateException("not a calling function: " + function);
    }
  }

  private static long id(long value) {
    return (long) JsValue.toDouble(value);
  }

  /// The number of a call that leads to an answer: one that was never used, since the host waits
  /// for one answer by each.
  private long fresh(long value) {
    long id = id(value);
    if (id <= lastCall) {
      throw new HostCallException(Kind.ERROR, "A call has a number of its own.");
    }
    lastCall = id;
    return id;
  }

  private long hold(Capability capability) {
    return JsValue.of(handles.hold(capability));
  }

  private void change(FacetChange change) {
    effects.add(new Effect.ChangeFacet(change));
  }

  /// `call(id, handle, path, bytes, caps)`.
  private void call(long[] args) {
    long id = fresh(args[0]);
    Stub target = handles.get(args[1], Stub.class);
    List<String> path = payloads.texts(args[2]);
    Payload given =
        JsValue.isUndefined(args[3]) ? null : effects.sent(payloads.read(args[3], args[4]));
    effects.add(new Effect.Call(id, target, new RpcCall(path, given)));
  }

  /// `answer(id, bytes, caps)`.
  private void answer(long[] args) {
    effects.add(new Effect.Answer(id(args[0]), effects.sent(payloads.read(args[1], args[2]))));
  }

  /// `subrequest(id, handle, method, url, headers, body, redirect, passedOn)`.
  private void subrequest(long[] args) {
    long id = fresh(args[0]);
    boolean global = JsValue.tag(args[1]) == JsValue.TAG_INT && (int) args[1] == 0;
    Stub target = global ? payloads.outside().outbound() : handles.get(args[1], Stub.class);
    if (target == null) {
      throw new HostCallException(
          Kind.ERROR,
          "This worker is not permitted to access the internet via global functions like fetch()."
              + " It must use capabilities (such as bindings in 'env') to talk to the outside"
              + " world.");
    }
    Request request =
        new Request(
            js.text(args[2]),
            js.text(args[3]),
            effects.headers(args[4]),
            effects.sent(payloads.body(args[5])),
            redirect(js.text(args[6])));
    effects.add(new Effect.Subrequest(id, target, request, id(args[7])));
  }

  private static Request.Redirect redirect(String word) {
    return switch (word) {
      case "manual" -> Request.Redirect.MANUAL;
      case "error" -> Request.Redirect.ERROR;
      default -> Request.Redirect.FOLLOW;
    };
  }

  /// `objectId(namespace, mode, text)`.
  private long objectId(long[] args) {
    Namespace namespace = handles.get(args[0], Namespace.class);
    return js.string(
        switch ((int) args[1]) {
          case FROM_NAME -> namespace.idFromName(js.exactText(args[2]));
          case UNIQUE -> namespace.uniqueId(random.bytes(16));
          default -> namespace.checkedId(js.text(args[2]));
        });
  }

  /// `facet(name, callback)`.
  private long facet(long[] args) {
    String name = js.exactText(args[0]);
    int callback = (int) args[1];
    var outside = payloads.outside();
    return hold(outside.facets().get(name, () -> outside.facetClass(callback, name)));
  }

  /// `load(loader, name, callback)`.
  private long load(long[] args) {
    int callback = (int) args[2];
    var outside = payloads.outside();
    return hold(
        handles
            .get(args[0], WorkerLoader.class)
            .get(payloads.textOrNull(args[1]), outside.code(callback)));
  }

  /// The worker of a handle; 0 is the guest's own.
  private Worker worker(long handle) {
    boolean own = JsValue.tag(handle) == JsValue.TAG_INT && (int) handle == 0;
    return own ? payloads.outside().worker() : handles.get(handle, Worker.class);
  }

  private Payload props(long[] args, int at) {
    return payloads.readOr(args[at], args[at + 1], Payload.UNDEFINED);
  }

  /// `entrypoint(worker, name, propsBytes, propsCaps, limits)`.
  private long entrypoint(long[] args) {
    InvocationLimits limits =
        JsValue.isNullish(args[4]) ? InvocationLimits.NONE : limits(parse(js.text(args[4])));
    return hold(worker(args[0]).entrypoint(payloads.textOrNull(args[1]), props(args, 2), limits));
  }

  private static JsonNode parse(String json) {
    if (json.length() > MAX_JSON) {
      throw new HostCallException(
          Kind.RANGE_ERROR,
          "What describes a worker beside its modules has more than " + MAX_JSON + " characters.");
    }
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new HostCallException(Kind.ERROR, "internal error");
    }
  }

  private static InvocationLimits limits(JsonNode limits) {
    return new InvocationLimits(
        limits.path("cpuMs").asLong(Long.MAX_VALUE),
        limits.path("subRequests").asInt(Integer.MAX_VALUE));
  }

  /// `code(id, json, modules, envBytes, envCaps, outbound, tails)`.
  private WorkerCode code(long[] args) {
    JsonNode json = parse(js.text(args[1]));
    Map<String, WorkerCode.Module> modules = new LinkedHashMap<>();
    int index = 0;
    for (JsonNode module : json.path("modules")) {
      long content = js.get(args[2], index++);
      byte[] bytes = js.isArrayBuffer(content) ? js.arrayBufferBytes(content) : js.utf8(content);
      js.freeValue(content);
      effects.count(bytes.length); // one text of the guest's may be many modules
      modules.put(module.path(0).asText(), new WorkerCode.Module(module.path(1).asText(), bytes));
    }
    List<String> flags = new ArrayList<>();
    json.path("compatibilityFlags").forEach(flag -> flags.add(flag.asText()));
    List<Stub> tails = new ArrayList<>();
    int count = JsValue.isObject(args[6]) ? Math.min(js.length(args[6]), MAX_TAILS) : 0;
    for (int i = 0; i < count; i++) {
      tails.add(retained(js.get(args[6], i)));
    }
    return new WorkerCode(
        json.path("compatibilityDate").asText(),
        flags,
        json.path("mainModule").asText(),
        modules,
        payloads.readOr(args[3], args[4], Payload.json("{}")),
        outbound(args[5]),
        tails,
        limits(json.path("limits")));
  }

  private @Nullable Stub outbound(long handle) {
    boolean none = JsValue.tag(handle) != JsValue.TAG_INT || (int) handle == 0;
    return none ? null : retained(handle);
  }

  private Stub retained(long handle) {
    Stub stub = handles.get(handle, Stub.class);
    stub.retain();
    return stub;
  }
}
