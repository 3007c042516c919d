/** node:timers/promises. */

function waiting(start, stop, value, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = () => {
      stop(id);
      reject(signal.reason);
    };
    const id = start(() => {
      signal?.removeEventListener("abort", abort);
      resolve(value);
    });
    signal?.addEventListener("abort", abort);
  });
}

export function setTimeout(delay = 1, value = undefined, { signal } = {}) {
  return waiting((callback) => globalThis.setTimeout(callback, delay), globalThis.clearTimeout, value, signal);
}

export function setImmediate(value = undefined, { signal } = {}) {
  return waiting(globalThis.setImmediate, globalThis.clearImmediate, value, signal);
}

export async function* setInterval(delay = 1, value = undefined, options = {}) {
  for (;;) {
    yield await setTimeout(delay, value, options);
  }
}

export const scheduler = { wait: (delay, options) => setTimeout(delay, undefined, options), yield: () => setImmediate() };
export default { setTimeout, setImmediate, setInterval, scheduler };
