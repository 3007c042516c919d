package dev.lapidary.engine.http;

import dev.lapidary.engine.supervisor.AppRunner;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.stream.Collectors;

/// `GET /`: says what runs here and what to try.
final class WelcomePage implements Handler<RoutingContext> {
  @SuppressWarnings("InlineFormatString") // a page reads better apart from the code
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Lapidary</title>
      <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
        pre { background: #f2f2f4; padding: 1rem; overflow-x: auto; border-radius: 6px }
      </style>
      <h1>Lapidary</h1>
      <p>A facet engine: every app runs in its own Wasm sandbox with its own SQLite database.</p>
      <h2>Apps</h2>
      %s
      <h2>Try it</h2>
      <pre>curl -X PUT %s/_api/apps/counter \\
           -H 'content-type: text/javascript' --data-binary @examples/counter/app.js
      curl %s/alice/counter/</pre>
      <p>A facet answers at <code>/{object}/{app}/…</code> or <code>/{object}/{app}.{name}/…</code>;
      each such pair has a database of its own.</p>
      </html>
      """;

  private final AppRunner apps;

  WelcomePage(AppRunner apps) {
    this.apps = apps;
  }

  @Override
  public void handle(RoutingContext context) {
    var request = context.request();
    String base = "http://localhost:" + request.localAddress().port();
    context
        .response()
        .putHeader("content-type", "text/html;charset=UTF-8")
        .end(PAGE.formatted(list(), base, base));
  }

  /// App names and code ids are plain by construction, so nothing needs escaping.
  private String list() {
    if (apps.apps().isEmpty()) {
      return "<p>None yet.</p>";
    }
    return apps.apps().stream()
        .map(
            app ->
                "<li><code>%s</code> · code %s</li>"
                    .formatted(app.app(), app.codeId().substring(0, 12)))
        .collect(Collectors.joining("", "<ul>", "</ul>"));
  }
}
