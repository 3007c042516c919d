/** node:url. */

export * from "unenv/node/url";
export { default } from "unenv/node/url";
