/** node:net: what of it can be there without a machine. */

export * from "unenv/node/net";
export { default } from "unenv/node/net";
