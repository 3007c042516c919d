package dev.lapidary.engine.worker;

import dev.lapidary.engine.facet.WorkerContext;
import dev.lapidary.engine.guest.GuestCode;

/// A worker's code, evaluated once, and what it reaches.
record Script(GuestCode code, WorkerContext context) {}
