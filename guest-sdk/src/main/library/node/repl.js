/** node:repl: what of it can be there without a machine. */

export * from "unenv/node/repl";
export { default } from "unenv/node/repl";
