/** node:tty: what of it can be there without a machine. */

export * from "unenv/node/tty";
export { default } from "unenv/node/tty";
