/** The module that apps import as `cloudflare:workers`. */

export { DurableObject, RpcTarget, WorkerEntrypoint, env, exports, waitUntil } from "lapidary:entrypoints";
