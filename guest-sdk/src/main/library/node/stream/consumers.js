/** node:stream/consumers: what of it can be there without a machine. */

export * from "unenv/node/stream/consumers";
export { default } from "unenv/node/stream/consumers";
