/** node:dns: what of it can be there without a machine. */

export * from "unenv/node/dns";
export { default } from "unenv/node/dns";
