/** node:cluster: what of it can be there without a machine. */

export * from "unenv/node/cluster";
export { default } from "unenv/node/cluster";
