/** node:punycode: what of it can be there without a machine. */

export * from "unenv/node/punycode";
export { default } from "unenv/node/punycode";
