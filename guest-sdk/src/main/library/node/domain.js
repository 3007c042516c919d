/** node:domain: what of it can be there without a machine. */

export * from "unenv/node/domain";
export { default } from "unenv/node/domain";
