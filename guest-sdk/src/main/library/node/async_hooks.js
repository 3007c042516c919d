/** node:async_hooks: AsyncLocalStorage and AsyncResource. */

import { load } from "lapidary:lazy";

let frames;
/** Context is followed from the first use on. */
const follower = () => (frames ??= load("async-frames"));
let nextId = 1;

export class AsyncLocalStorage {
  #name;
  #default;

  constructor(options = undefined) {
    follower();
    this.#name = options?.name ?? "";
    this.#default = options?.defaultValue;
  }

  get name() {
    return this.#name;
  }

  getStore() {
    const frame = follower().currentFrame();
    return frame?.has(this) ? frame.get(this) : this.#default;
  }

  run(store, callback, ...args) {
    return follower().inFrame(this.#frameWith(store), callback, undefined, args);
  }

  exit(callback, ...args) {
    return follower().inFrame(this.#frameWith(undefined), callback, undefined, args);
  }

  enterWith(store) {
    follower().setCurrentFrame(this.#frameWith(store));
  }

  disable() {
    follower().setCurrentFrame(this.#frameWith(undefined));
  }

  #frameWith(store) {
    const frame = new Map(follower().currentFrame());
    frame.set(this, store);
    return frame;
  }

  static bind(callback) {
    return AsyncResource.bind(callback);
  }

  static snapshot() {
    const frame = follower().currentFrame();
    return (callback, ...args) => follower().inFrame(frame, callback, undefined, args);
  }
}

export class AsyncResource {
  #frame = follower().currentFrame();
  #id = nextId++;
  #type;

  constructor(type) {
    this.#type = String(type);
  }

  get type() {
    return this.#type;
  }

  asyncId() {
    return this.#id;
  }

  triggerAsyncId() {
    return 0;
  }

  runInAsyncScope(callback, self, ...args) {
    return follower().inFrame(this.#frame, callback, self, args);
  }

  bind(callback, self) {
    return AsyncResource.#bound(this.#frame, callback, self);
  }

  emitDestroy() {
    return this;
  }

  static bind(callback, type, self) {
    return AsyncResource.#bound(follower().currentFrame(), callback, self);
  }

  static #bound(frame, callback, self) {
    const bound = function (...args) {
      return follower().inFrame(frame, callback, self ?? this, args);
    };
    Object.defineProperty(bound, "length", { value: callback.length, configurable: true });
    return bound;
  }
}

export const executionAsyncId = () => 0;
export const triggerAsyncId = () => 0;
export const executionAsyncResource = () => ({});
export const createHook = () => {
  const hook = { enable: () => hook, disable: () => hook };
  return hook;
};
export const asyncWrapProviders = {};
export default { AsyncLocalStorage, AsyncResource, asyncWrapProviders, createHook, executionAsyncId, executionAsyncResource, triggerAsyncId };
