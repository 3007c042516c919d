/** Marks and measures of `performance`. The clock stands still within a turn. */

import { tag } from "lapidary:primordials";

const KEY = {};
const MOST = 10_000;
let entries = [];

export class PerformanceEntry {
  #name;
  #type;
  #start;
  #duration;
  #detail;

  constructor(key, name, type, start, duration, detail) {
    if (key !== KEY) {
      throw new TypeError("Illegal constructor");
    }
    this.#name = name;
    this.#type = type;
    this.#start = start;
    this.#duration = duration;
    this.#detail = detail;
  }

  get name() {
    return this.#name;
  }

  get entryType() {
    return this.#type;
  }

  get startTime() {
    return this.#start;
  }

  get duration() {
    return this.#duration;
  }

  get detail() {
    return this.#detail;
  }

  toJSON() {
    return { name: this.name, entryType: this.entryType, startTime: this.startTime, duration: this.duration, detail: this.detail };
  }
}

export class PerformanceMark extends PerformanceEntry {
  constructor(name, options = undefined) {
    super(KEY, String(name), "mark", options?.startTime ?? performance.now(), 0, structuredClone(options?.detail ?? null));
  }
}

export class PerformanceMeasure extends PerformanceEntry {}

function kept(entry) {
  if (entries.length >= MOST) {
    entries.shift();
  }
  entries.push(entry);
  return entry;
}

function timeOf(mark) {
  if (typeof mark === "number") {
    return mark;
  }
  const entry = entries.findLast(({ name, entryType }) => entryType === "mark" && name === String(mark));
  if (entry === undefined) {
    throw new DOMException("The mark '" + mark + "' does not exist.", "SyntaxError");
  }
  return entry.startTime;
}

export const methods = {
  mark: (name, options) => kept(new PerformanceMark(name, options)),
  measure(name, startOrOptions = undefined, endMark = undefined) {
    const options = typeof startOrOptions === "object" && startOrOptions !== null ? startOrOptions : { start: startOrOptions, end: endMark };
    const end = options.end === undefined ? (options.duration === undefined || options.start === undefined ? performance.now() : timeOf(options.start) + options.duration) : timeOf(options.end);
    const start = options.start === undefined ? (options.duration === undefined ? 0 : end - options.duration) : timeOf(options.start);
    return kept(new PerformanceMeasure(KEY, String(name), "measure", start, end - start, structuredClone(options.detail ?? null)));
  },
  getEntries: () => entries.slice(),
  getEntriesByType: (type) => entries.filter(({ entryType }) => entryType === String(type)),
  getEntriesByName: (name, type) => entries.filter((entry) => entry.name === String(name) && (type === undefined || entry.entryType === type)),
  clearMarks: (name) => clear("mark", name),
  clearMeasures: (name) => clear("measure", name),
};

function clear(type, name) {
  entries = entries.filter((entry) => entry.entryType !== type || (name !== undefined && entry.name !== String(name)));
}

for (const [name, type] of Object.entries({ PerformanceEntry, PerformanceMark, PerformanceMeasure })) {
  tag(type, name);
}

/** What `performance.nodeTiming` tells: nothing of the machine. */
export const nodeTiming = () => ({
  name: "node", entryType: "node", startTime: 0, duration: 0, nodeStart: 0, v8Start: 0, bootstrapComplete: 0, environment: 0, loopStart: 0,
  loopExit: 0, idleTime: 0, uvMetricsInfo: { loopCount: 0, events: 0, eventsWaiting: 0 },
});

/** Takes part in nothing, as on Workers: entries are there to be asked for. */
export class PerformanceObserver {
  constructor(callback) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to construct 'PerformanceObserver': constructor parameter 1 is not of type 'Value'.");
    }
    void callback;
  }

  static get supportedEntryTypes() {
    return ["measure", "mark"];
  }

  disconnect() {}

  observe() {}

  takeRecords() {
    return [];
  }
}

function illegal() {
  throw new TypeError("Illegal constructor");
}

export class PerformanceObserverEntryList {
  constructor() {
    illegal();
  }
}

export class PerformanceResourceTiming {
  constructor() {
    illegal();
  }
}
for (const [name, type] of Object.entries({ PerformanceObserver, PerformanceObserverEntryList, PerformanceResourceTiming })) {
  tag(type, name);
}
