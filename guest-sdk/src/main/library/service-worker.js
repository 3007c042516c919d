/** Classes of service workers that code may name, and that nobody makes instances of. */

import { brandClass } from "lapidary:brand";
import { Event } from "lapidary:events";
import { tag } from "lapidary:primordials";

function illegal() {
  throw new TypeError("Illegal constructor");
}

export class ExtendableEvent extends Event {
  constructor() {
    illegal();
  }

  waitUntil() {
    illegal();
  }
}

export class FetchEvent extends ExtendableEvent {
  respondWith() {
    illegal();
  }

  passThroughOnException() {
    illegal();
  }
}

export class ScheduledEvent extends ExtendableEvent {
  noRetry() {
    illegal();
  }
}

export class TailEvent extends ExtendableEvent {}
export class TraceEvent extends ExtendableEvent {}

for (const [name, type] of Object.entries({ ExtendableEvent, FetchEvent, ScheduledEvent, TailEvent, TraceEvent })) {
  tag(type, name);
  brandClass(type, name);
}
