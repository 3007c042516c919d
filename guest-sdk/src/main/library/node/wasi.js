/** node:wasi: what of it can be there without a machine. */

export * from "unenv/node/wasi";
export { default } from "unenv/node/wasi";
