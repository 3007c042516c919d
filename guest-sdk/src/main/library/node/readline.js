/** node:readline: what of it can be there without a machine. */

export * from "unenv/node/readline";
export { default } from "unenv/node/readline";
