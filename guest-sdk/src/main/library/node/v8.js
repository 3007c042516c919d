/** node:v8: what of it can be there without a machine. */

export * from "unenv/node/v8";
export { default } from "unenv/node/v8";
