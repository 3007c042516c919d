package dev.lapidary.engine.project;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Keys of wrangler's configuration that Lapidary has nothing for.
final class ConfigKeys {
  /// Without effect on what the code does: accepted, and listed.
  static final Set<String> HARMLESS =
      Set.of(
          "account_id",
          "compliance_region",
          "dev",
          "first_party_worker",
          "keep_vars",
          "legacy_env",
          "logpush",
          "observability",
          "placement",
          "preserve_file_names",
          "preview_urls",
          "route",
          "routes",
          "send_metrics",
          "upload_source_maps",
          "workers_dev",
          "zone_id");

  /// Code that relies on these would not work: refused, with what to do instead.
  static final Map<String, String> REFUSED = refused();

  /// Keys that an environment does not take over from the top level.
  static final Set<String> NOT_INHERITED =
      Set.of("define", "durable_objects", "services", "vars", "worker_loaders");

  private ConfigKeys() {}

  private static Map<String, String> refused() {
    String storage = "; keep data in a Durable Object's ctx.storage";
    String own = "; write it as an entrypoint of this Worker, or call it over HTTP";
    Map<String, String> refused = new LinkedHashMap<>();
    refused.put("kv_namespaces", "KV namespaces are not there" + storage);
    refused.put("r2_buckets", "R2 buckets are not there" + storage);
    refused.put("d1_databases", "D1 databases are not there" + storage);
    refused.put("hyperdrive", "Hyperdrive is not there" + storage);
    refused.put("vectorize", "Vectorize is not there" + storage);
    refused.put("queues", "queues are not there; a Durable Object with an alarm can be one");
    refused.put("workflows", "workflows are not there; a Durable Object with alarms can be one");
    refused.put("pipelines", "pipelines are not there" + storage);
    refused.put("analytics_engine_datasets", "the Analytics Engine is not there" + storage);
    refused.put("ratelimits", "rate limit bindings are not there" + own);
    refused.put("secrets_store_secrets", "the Secrets Store is not there; use .dev.vars");
    refused.put("version_metadata", "version metadata is not there; use vars");
    for (String service :
        new String[] {
          "ai",
          "ai_search",
          "browser",
          "containers",
          "dispatch_namespaces",
          "images",
          "media",
          "mtls_certificates",
          "send_email",
          "vpc_services"
        }) {
      refused.put(service, "this service of Cloudflare's is not there" + own);
    }
    refused.put("assets", "static assets are not served; import files as Text or Data modules");
    refused.put("site", "Workers Sites are not served; import files as Text or Data modules");
    refused.put("pages_build_output_dir", "this is a Pages project; only Workers run here");
    for (String old : new String[] {"wasm_modules", "text_blobs", "data_blobs"}) {
      refused.put(old, "these bindings are of service workers; import the files as modules");
    }
    refused.put("python_modules", "Python does not run here");
    refused.put("cloudchamber", "containers are not there");
    refused.put("tail_consumers", "tail consumers are not told; logs are printed");
    refused.put("streaming_tail_consumers", "tail consumers are not told; logs are printed");
    refused.put("logfwdr", "log forwarding is not there; logs are printed");
    refused.put("unsafe", "unsafe bindings are not there");
    refused.put("build", "no build command is run; run it yourself, and remove the key");
    return refused;
  }
}
