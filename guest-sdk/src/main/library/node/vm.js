/** node:vm: what of it can be there without a machine. */

export * from "unenv/node/vm";
export { default } from "unenv/node/vm";
