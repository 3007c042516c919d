/** node:http2: what of it can be there without a machine. */

export * from "unenv/node/http2";
export { default } from "unenv/node/http2";
