/** node:sqlite: what of it can be there without a machine. */

export * from "unenv/node/sqlite";
export { default } from "unenv/node/sqlite";
