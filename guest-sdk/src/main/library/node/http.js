/** node:http: what of it can be there without a machine. */

export * from "unenv/node/http";
export { default } from "unenv/node/http";
