/** node:dns/promises: what of it can be there without a machine. */

export * from "unenv/node/dns/promises";
export { default } from "unenv/node/dns/promises";
