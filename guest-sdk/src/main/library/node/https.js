/** node:https: what of it can be there without a machine. */

export * from "unenv/node/https";
export { default } from "unenv/node/https";
