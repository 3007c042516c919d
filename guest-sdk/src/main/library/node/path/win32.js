/** node:path/win32: what of it can be there without a machine. */

export * from "unenv/node/path/win32";
export { default } from "unenv/node/path/win32";
