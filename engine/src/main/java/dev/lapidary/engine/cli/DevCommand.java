package dev.lapidary.engine.cli;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.http.HttpFrontend;
import dev.lapidary.engine.outbound.Internet;
import dev.lapidary.engine.project.Bundler;
import dev.lapidary.engine.project.InvalidProject;
import dev.lapidary.engine.project.RunningProject;
import dev.lapidary.engine.project.RunningProject.Loaded;
import dev.lapidary.engine.project.SourceWatch;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `lapidary dev`: runs a Worker project, and runs it anew when its files change.
@Command(
    name = "dev",
    description = "Run a Worker project (wrangler.jsonc or wrangler.toml) on this machine.",
    mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String HOME = "lapidary.home";

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The project's folder. Default: this one",
      defaultValue = ".")
  private Path project = Path.of(".");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on; 0 takes a free one. Default: ${DEFAULT-VALUE}",
      defaultValue = "8787")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder that holds the objects. Default: .lapidary in the project's folder")
  private @Nullable Path data;

  @Option(
      names = "--env",
      paramLabel = "NAME",
      description = "Which environment of the configuration to run. Default: the top level")
  private @Nullable String environment;

  @Mixin private OutboundOptions outbound = new OutboundOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65_535) {
      return refuse("--port must be from 0 to 65535, not " + port);
    }
    if (!Files.isDirectory(project)) {
      return refuse("there is no folder " + project);
    }
    String home = System.getProperty(HOME);
    if (home == null) {
      return refuse("start me with the script lapidary in Lapidary's own folder");
    }
    Path folder = data == null ? project.resolve(".lapidary") : data;
    DevConsole console = new DevConsole(commandLineSpec().commandLine().getOut());
    FacetEngine engine;
    try {
      engine = FacetEngine.open(folder, Limits.DEFAULT, console);
    } catch (IOException e) {
      return refuse("cannot use the data folder " + folder + ": " + e.getMessage());
    }
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(false));
    Internet internet = outbound.internet(vertx, List.of("*"));
    Runnable stop = () -> stop(engine, internet, vertx);
    RunningProject running =
        new RunningProject(engine, project, environment, new Bundler(Path.of(home)), internet);
    try (SourceWatch watch =
        SourceWatch.start(project, folder, changed -> reload(running, console, changed))) {
      Loaded loaded = running.load();
      watch.inputs(loaded.bundle().inputs());
      console.shows(loaded);
      HttpFrontend http = listen(vertx, engine, running, console);
      Runtime.getRuntime().addShutdownHook(new Thread(stop, "lapidary-stop"));
      announce(console, loaded, folder, http.port());
      new CountDownLatch(1).await();
      return 0;
    } catch (InvalidProject e) {
      stop.run();
      return refuse(project + " cannot run:\n" + e.getMessage());
    } catch (CompletionException e) {
      stop.run();
      return refuse(reason(e.getCause()));
    }
  }

  private HttpFrontend listen(
      Vertx vertx, FacetEngine engine, RunningProject running, DevConsole console) {
    HttpFrontend http =
        HttpFrontend.ofWorker(
            LOOPBACK, port, request -> fetch(running, console, request), engine.limits());
    vertx.deployVerticle(http).toCompletionStage().toCompletableFuture().join();
    return http;
  }

  private static CompletableFuture<Response> fetch(
      RunningProject running, DevConsole console, Request request) {
    long start = System.nanoTime();
    return running
        .entrypoint()
        .fetch(request)
        .whenComplete(
            (response, failure) ->
                console.answered(
                    request, (System.nanoTime() - start) / 1_000_000, response, failure));
  }

  private void announce(DevConsole console, Loaded loaded, Path folder, int actualPort) {
    console.say("Lapidary listens on http://localhost:" + actualPort);
    console.say(
        "Project: "
            + loaded.config().name()
            + ", from "
            + project.resolve(loaded.config().file()).toAbsolutePath().normalize());
    console.say("Data folder: " + folder.toAbsolutePath().normalize());
    console.describe(loaded);
    console.say("Changes of files are taken over. Ctrl-C ends.");
  }

  private static void reload(RunningProject running, DevConsole console, SourceWatch watch) {
    long start = System.nanoTime();
    try {
      Loaded loaded = running.load();
      console.shows(loaded);
      watch.inputs(loaded.bundle().inputs());
      console.reloaded(loaded, (System.nanoTime() - start) / 1_000_000);
    } catch (InvalidProject e) {
      console.refused(e);
    }
  }

  private String reason(@Nullable Throwable failure) {
    return failure instanceof BindException
        ? "port " + port + " is taken; choose another with --port"
        : "cannot start: " + failure;
  }

  private static void stop(FacetEngine engine, @Nullable Internet internet, Vertx vertx) {
    if (internet != null) {
      internet.close();
    }
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.SECONDS);
    } catch (Exception e) {
      // The process is ending; what is durable is durable already.
      Thread.onSpinWait();
    }
    engine.close();
  }

  private int refuse(String why) {
    CommandSpec known = commandLineSpec();
    known.commandLine().getErr().println("lapidary: " + why);
    known.commandLine().getErr().flush();
    return 1;
  }

  private CommandSpec commandLineSpec() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the spec");
    }
    return spec;
  }
}
