/** node:sys: what of it can be there without a machine. */

export * from "unenv/node/sys";
export { default } from "unenv/node/sys";
