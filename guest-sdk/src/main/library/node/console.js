/** node:console: what of it can be there without a machine. */

export * from "unenv/node/console";
export { default } from "unenv/node/console";
