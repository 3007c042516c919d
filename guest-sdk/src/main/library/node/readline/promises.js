/** node:readline/promises: what of it can be there without a machine. */

export * from "unenv/node/readline/promises";
export { default } from "unenv/node/readline/promises";
