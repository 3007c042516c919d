/** node:constants: what of it can be there without a machine. */

export * from "unenv/node/constants";
export { default } from "unenv/node/constants";
