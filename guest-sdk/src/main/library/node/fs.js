/** node:fs: what of it can be there without a machine. */

export * from "unenv/node/fs";
export { default } from "unenv/node/fs";
