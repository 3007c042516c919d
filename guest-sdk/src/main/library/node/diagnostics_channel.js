/** node:diagnostics_channel. */

export * from "unenv/node/diagnostics_channel";
export { default } from "unenv/node/diagnostics_channel";
