package dev.lapidary.engine.cli;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.GuestLog;
import dev.lapidary.engine.http.HttpFrontend;
import dev.lapidary.engine.supervisor.AppRunner;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lapidary serve`: one process that serves the apps deployed to it.
@Command(
    name = "serve",
    description = "Serve apps over HTTP on this machine.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final String LOOPBACK = "127.0.0.1";
  private static final long STOP_MILLIS = 2_000;

  /// 16 TiB, SQLite's largest database with these pages.
  private static final long MOST_MEGABYTES = 1L << 24;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on; 0 takes a free one. Default: ${DEFAULT-VALUE}",
      defaultValue = "8787")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder that holds everything. Default: ${DEFAULT-VALUE}",
      defaultValue = "data")
  private Path data = Path.of("data");

  @Option(
      names = "--cpu-ms",
      paramLabel = "MS",
      description = "CPU time one event may use, in milliseconds. Default: ${DEFAULT-VALUE}",
      defaultValue = "30000")
  private long cpuMillis;

  @Option(
      names = "--facet-mb",
      paramLabel = "MB",
      description = "Disk space of one facet, in MiB. Default: ${DEFAULT-VALUE}",
      defaultValue = "10240")
  private long facetMegabytes;

  @Option(
      names = "--object-mb",
      paramLabel = "MB",
      description = "Disk space of all facets of one object, in MiB. Default: ${DEFAULT-VALUE}",
      defaultValue = "10240")
  private long objectMegabytes;

  @Mixin private OutboundOptions outbound = new OutboundOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65_535) {
      return refuse("--port must be from 0 to 65535, not " + port);
    }
    if (cpuMillis < 1) {
      return refuse("--cpu-ms must be at least 1, not " + cpuMillis);
    }
    if (Math.min(facetMegabytes, objectMegabytes) < 1
        || Math.max(facetMegabytes, objectMegabytes) > MOST_MEGABYTES) {
      return refuse("--facet-mb and --object-mb must be from 1 to " + MOST_MEGABYTES);
    }
    Limits limits =
        Limits.DEFAULT
            .withCpuMillis(cpuMillis)
            .withStorage(
                Limits.Storage.DEFAULT
                    .withFacetBytes(facetMegabytes << 20)
                    .withObjectBytes(objectMegabytes << 20));
    FacetEngine engine;
    try {
      engine = FacetEngine.open(data, limits, new GuestLog());
    } catch (IOException e) {
      return refuse("cannot use the data folder " + data + ": " + e.getMessage());
    }
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(false));
    return serve(engine, vertx);
  }

  private int serve(FacetEngine engine, Vertx vertx) throws InterruptedException {
    AppRunner apps = new AppRunner(engine, outbound.internet(vertx, List.of()));
    HttpFrontend http = new HttpFrontend(LOOPBACK, port, apps, engine.limits());
    Runnable stop = () -> stop(engine, vertx);
    try {
      vertx
          .deployVerticle(
              apps, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
          .compose(deployed -> vertx.deployVerticle(http))
          .toCompletionStage()
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      stop.run();
      return refuse(reason(e.getCause()));
    }
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "lapidary-stop"));
    OpenFiles.warning().ifPresent(this::warn);
    announce(http.port());
    new CountDownLatch(1).await();
    return 0;
  }

  private String reason(@Nullable Throwable failure) {
    return failure instanceof BindException
        ? "port " + port + " is taken; choose another with --port"
        : "cannot start: " + failure;
  }

  private static void stop(FacetEngine engine, Vertx vertx) {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(STOP_MILLIS, TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      // The process is ending; what is durable is durable already.
      Thread.onSpinWait();
    }
    engine.close();
  }

  private void announce(int actualPort) {
    String base = "http://localhost:" + actualPort;
    PrintWriter out = out();
    out.printf("Lapidary listens on %s%n", base);
    out.printf("Data folder: %s%n", data.toAbsolutePath().normalize());
    out.printf("Try:%n");
    out.printf(
        "  curl -X PUT %s/_api/apps/counter -H 'content-type: text/javascript' --data-binary"
            + " @examples/counter/app.js%n",
        base);
    out.printf("  curl %s/alice/counter/%n", base);
    out.flush();
  }

  private int refuse(String why) {
    warn(why);
    return 1;
  }

  private void warn(String what) {
    err().println("lapidary: " + what);
    err().flush();
  }

  private PrintWriter out() {
    return commandLineSpec().commandLine().getOut();
  }

  private PrintWriter err() {
    return commandLineSpec().commandLine().getErr();
  }

  private CommandSpec commandLineSpec() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the spec");
    }
    return spec;
  }
}
