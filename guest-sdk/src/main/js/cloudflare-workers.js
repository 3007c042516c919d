/** The module that apps import as `cloudflare:workers`. */

export {
  abortIsolate, cache, DurableObject, env, exports, restore, RpcTarget, tracing, waitUntil, withEnv, withEnvAndExports, withExports,
  WorkerEntrypoint, WorkflowEntrypoint,
} from "lapidary:entrypoints";
export { Fetcher as ServiceStub } from "lapidary:fetcher";
export { RpcPromise, RpcProperty, RpcStub } from "lapidary:rpc";
