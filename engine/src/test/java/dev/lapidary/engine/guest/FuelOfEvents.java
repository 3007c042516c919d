package dev.lapidary.engine.guest;

import dev.lapidary.abi.Event;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.storage.FacetDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs the same events over the same data, each instance on a database of its own, and tells what
 * fuel each burnt. Also a program, so that one JVM can be compared with another.
 */
public final class FuelOfEvents {
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      const table = new Map([["a", 1], ["b", 2]]);
      const odd = [Math.random(), Math.random()].map((x) => (x < 0.5 ? "short" : "a longer text"));
      export class App extends DurableObject {
        constructor(ctx, env) {
          super(ctx, env);
          ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v TEXT)");
        }
        async fetch(request) {
          const { sql, kv } = this.ctx.storage;
          switch (new URL(request.url).pathname) {
            case "/kv":
              kv.put("n", (kv.get("n") ?? 0) + 1);
              return new Response(String(kv.get("n")));
            case "/sql":
              for (let i = 0; i < 50; i++) sql.exec("INSERT INTO t (v) VALUES (?)", "row " + i);
              return Response.json(sql.exec("SELECT * FROM t ORDER BY v LIMIT 20").toArray());
            case "/steps":
              return Response.json(sql.exec(
                `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000)
                 SELECT max(x) FROM c`).one());
            case "/objects": {
              const all = [];
              for (let i = 0; i < 300; i++) all.push({ i, self: all, weak: new WeakRef(all) });
              return new Response(JSON.stringify(all.map((o) => o.i)) + odd.join());
            }
            case "/code":
              return new Response([
                /(\\w+)-(\\d+)/.exec("abc-123")[2], (2n ** 300n).toString(36), structuredClone(table).size,
                [5, 3, 9].sort().join(), new Date().toISOString(), new URL("a/../b", request.url).href,
                await crypto.subtle.digest("SHA-256", new TextEncoder().encode("text")),
                crypto.randomUUID(), Math.random()].join());
            case "/throw":
              null.x;
            case "/loop":
              for (;;) {}
          }
        }
      }
      """;
  private static final List<String> PATHS =
      List.of("/kv", "/sql", "/steps", "/objects", "/code", "/throw", "/kv", "/sql", "/loop");

  private FuelOfEvents() {}

  /** For each instance, the fuel of its start and of each event. */
  static List<List<Long>> run(Path folder, int instances) throws IOException {
    // What the last event burns in vain; the CPU time that it may take is far more.
    Limits limits = Limits.DEFAULT.withFuel(20_000_000);
    JsCode code = new JsCode(ModuleSources.single("app.js", APP, limits));
    List<List<Long>> all = new ArrayList<>();
    try (Watchdog watchdog = new Watchdog()) {
      for (int i = 0; i < instances; i++) {
        try (FacetDatabase database = FacetDatabase.open(folder.resolve(i + ".sqlite"), limits)) {
          all.add(run(code, database, limits, watchdog));
        }
      }
    }
    return all;
  }

  private static List<Long> run(
      JsCode code, FacetDatabase database, Limits limits, Watchdog watchdog) {
    TurnGuard guard =
        new TurnGuard(limits, watchdog, new HogLane(1, 4), Group.of("group"), database::interrupt);
    GuestContext context =
        new GuestContext(
            "00".repeat(32),
            Optional.of("object"),
            null,
            Payload.UNDEFINED,
            database,
            limits,
            InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000)),
            guard,
            new MemoryBudget(1L << 30),
            "a seed of thirty-two bytes, fixed".substring(0, 32).getBytes(StandardCharsets.UTF_8),
            NothingOutside.INSTANCE);
    List<Long> fuel = new ArrayList<>();
    try (Guest guest = code.start(null, context)) {
      fuel.add(guest.fuel());
      long id = 1;
      for (String path : PATHS) {
        try {
          guest.turn(new Event.Fetch(id++, Request.get("http://facet" + path)));
          database.commit();
        } catch (TurnFailed e) {
          fuel.add(-1L);
        }
        fuel.add(guest.fuel());
      }
    }
    return fuel;
  }

  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory(Path.of(args[0]), "fuel");
    run(folder, Integer.parseInt(args[1])).forEach(System.out::println);
  }
}
