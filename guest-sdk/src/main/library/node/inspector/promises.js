/** node:inspector/promises: what of it can be there without a machine. */

export * from "unenv/node/inspector/promises";
export { default } from "unenv/node/inspector/promises";
