/** node:child_process: what of it can be there without a machine. */

export * from "unenv/node/child_process";
export { default } from "unenv/node/child_process";
