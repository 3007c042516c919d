/** node:worker_threads: what of it can be there without a machine. */

export * from "unenv/node/worker_threads";
export { default } from "unenv/node/worker_threads";
