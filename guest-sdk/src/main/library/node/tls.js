/** node:tls: what of it can be there without a machine. */

export * from "unenv/node/tls";
export { default } from "unenv/node/tls";
