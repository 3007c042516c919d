package dev.lapidary.engine.supervisor;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetPolicy;
import dev.lapidary.engine.facet.InvocationReport;
import dev.lapidary.engine.facet.Quota;
import dev.lapidary.engine.facet.Resource;
import dev.lapidary.engine.guest.js.JsCode;
import java.util.concurrent.atomic.LongAdder;

// The example of docs/supervisors.md, where the part below the line stands word for word.
// ---
/// One object a tenant, one facet an app.
final class Tenants extends SupervisorVerticle {
  private final JsCode code;
  final LongAdder fuel = new LongAdder();

  Tenants(FacetEngine engine, JsCode code) {
    super(engine, "Tenants");
    this.code = code;
  }

  private ActorClass app() {
    return engine().actorClass(code, "App");
  }

  @Override
  protected Response fetch(String tenant, String app, Request request) {
    if (request.headers().stream().noneMatch(header -> header.name().equals("x-user"))) {
      throw new FacetException(Outcome.EXCEPTION, "Who are you?");
    }
    BlockingStub facet = object(tenant).facets().get(app, this::app);
    facet.call("visited", tenant);
    return facet.fetch(request);
  }

  @Override
  protected FacetPolicy policy(FacetId facet) {
    return FacetPolicy.UNLIMITED
        .withCpuMillis(500)
        .withStoredBytes(100 << 20)
        .withQuotas(
            Quota.perSecond(Resource.EVENTS, 100), Quota.perDay(Resource.ROWS_WRITTEN, 1_000_000));
  }

  @Override
  protected void after(InvocationReport report) {
    fuel.add(report.used().fuel()); // the bill
  }
}
