/** node:trace_events: what of it can be there without a machine. */

export * from "unenv/node/trace_events";
export { default } from "unenv/node/trace_events";
