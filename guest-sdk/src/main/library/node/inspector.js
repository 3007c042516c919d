/** node:inspector: what of it can be there without a machine. */

export * from "unenv/node/inspector";
export { default } from "unenv/node/inspector";
