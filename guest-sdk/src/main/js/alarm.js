/** The facet's alarm: how apps set it, and how its handler is run. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";

const NOT_A_DATE = "The value cannot be converted because it is not a valid Date.";
const NO_HANDLER = "Your Durable Object class must have an alarm() handler in order to call setAlarm()";
const LOST_HANDLER = "Attempted to run a scheduled alarm without a handler, did you remember to export an alarm() function?";
/** The last millisecond that fits 64 bits of nanoseconds. */
const LATEST_MS = 9_223_372_036_854;
const WARN = 3;

let instance;

class AlarmInvocationInfo {
  constructor(scheduledTime, retryCount) {
    this.scheduledTime = scheduledTime;
    this.retryCount = retryCount;
    this.isRetry = retryCount > 0;
  }
}

/** Tells whose alarm() is to be run. Before that, in the constructor, an alarm may be set without one. */
export function bindAlarm(facet) {
  instance = facet;
}

/** `getAlarm(options)` of storage and transactions. */
export function getAlarm(options, owner) {
  checkOptions(options, "getAlarm", owner, "1 is not of type 'GetAlarmOptions'");
  return host.getAlarm();
}

/** `setAlarm(time, options)`; what is past is due now. */
export function setAlarm(time, options, owner) {
  const ms = p.MathTrunc(milliseconds(time, "setAlarm", owner));
  if (ms > LATEST_MS) {
    throw new p.TypeErrorOf("This API doesn't support dates after 2189.");
  }
  checkOptions(options, "setAlarm", owner, "2 is not of type 'SetAlarmOptions'");
  if (ms <= 0) {
    throw new p.TypeErrorOf("setAlarm() cannot be called with an alarm time <= 0");
  }
  if (instance !== undefined && typeof instance.alarm !== "function") {
    throw new p.TypeErrorOf(NO_HANDLER);
  }
  host.setAlarm(ms < host.now() ? host.now() : ms);
}

/** `deleteAlarm(options)`. */
export function deleteAlarm(options, owner) {
  checkOptions(options, "deleteAlarm", owner, "1 is not of type 'SetAlarmOptions'");
  host.deleteAlarm();
}

/** A number of milliseconds, or a Date, as one that is finite. */
export function milliseconds(time, method, owner) {
  let ms;
  if (typeof time === "number") {
    ms = time;
  } else {
    try {
      ms = p.DateGetTime(time);
    } catch {
      throw failed(method, owner, "1 is not of type 'date'");
    }
  }
  if (!(ms > -Infinity && ms < Infinity)) {
    throw new p.TypeErrorOf(NOT_A_DATE);
  }
  return ms;
}

function checkOptions(options, method, owner, complaint) {
  if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
    throw failed(method, owner, complaint);
  }
}

function failed(method, owner, complaint) {
  return new p.TypeErrorOf("Failed to execute '" + method + "' on '" + owner + "': parameter " + complaint + ".");
}

/** Runs the handler to its end; throws what it throws. */
export async function runAlarm(scheduledTime, retryCount) {
  const handler = instance.alarm;
  if (typeof handler !== "function") {
    host.log(WARN, LOST_HANDLER);
    return;
  }
  await p.ReflectApply(handler, instance, [new AlarmInvocationInfo(scheduledTime, retryCount)]);
}

p.tag(AlarmInvocationInfo, "AlarmInvocationInfo");
brandClass(AlarmInvocationInfo, "AlarmInvocationInfo");
