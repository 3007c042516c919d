/** node:dgram: what of it can be there without a machine. */

export * from "unenv/node/dgram";
export { default } from "unenv/node/dgram";
