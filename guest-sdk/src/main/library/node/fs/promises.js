/** node:fs/promises: what of it can be there without a machine. */

export * from "unenv/node/fs/promises";
export { default } from "unenv/node/fs/promises";
