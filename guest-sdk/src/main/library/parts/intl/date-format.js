/** Intl.DateTimeFormat in en-US, in the Gregorian calendar. */

import { host } from "lapidary:host";
import { boundMethod, checkedLocales, choice, finish, integer, LOCALE, optionsOf } from "./options.js";

const OWNER = "Intl.DateTimeFormat";
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const settings = new WeakMap();
const NUMERIC = ["numeric", "2-digit"];
const NAMES = ["narrow", "short", "long"];
const DATE_STYLES = {
  full: { weekday: "long", month: "long", day: "numeric", year: "numeric" }, long: { month: "long", day: "numeric", year: "numeric" },
  medium: { month: "short", day: "numeric", year: "numeric" }, short: { month: "numeric", day: "numeric", year: "2-digit" },
};
const TIME_STYLES = {
  full: { hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "long" }, long: { hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "short" },
  medium: { hour: "numeric", minute: "2-digit", second: "2-digit" }, short: { hour: "numeric", minute: "2-digit" },
};
/** Standard and summer time of zones that have names of their own in en-US: [letters, name]. */
const US_ZONES = {
  "America/New_York": ["E", "Eastern"], "America/Detroit": ["E", "Eastern"], "America/Toronto": ["E", "Eastern"], "America/Chicago": ["C", "Central"], "America/Denver": ["M", "Mountain"],
  "America/Phoenix": ["M", "Mountain"], "America/Los_Angeles": ["P", "Pacific"], "America/Vancouver": ["P", "Pacific"], "America/Anchorage": ["AK", "Alaska"], "Pacific/Honolulu": ["H", "Hawaii-Aleutian"],
};
const LONG_ZONES = {
  "Europe/London": ["Greenwich Mean Time", "British Summer Time"], "Europe/Berlin": ["Central European Standard Time", "Central European Summer Time"],
  "Europe/Paris": ["Central European Standard Time", "Central European Summer Time"], "Asia/Tokyo": ["Japan Standard Time"], "Asia/Kolkata": ["India Standard Time"],
  "Asia/Shanghai": ["China Standard Time"], "Australia/Sydney": ["Australian Eastern Standard Time", "Australian Eastern Daylight Time"],
};

function timeZoneOf(given) {
  if (given === undefined) {
    return "UTC";
  }
  const zone = String(given);
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (offset !== null && offset[2] < "24" && (offset[3] ?? "00") < "60") {
    return offset[1] + offset[2] + ":" + (offset[3] ?? "00");
  }
  if (/^(?:utc|gmt|etc\/utc|etc\/gmt)$/i.test(zone)) {
    return "UTC";
  }
  if (!/^[A-Za-z0-9_+\-/]+$/.test(zone) || Number.isNaN(host.zoneOffset(zone, 0))) {
    throw new RangeError("Invalid time zone specified: " + zone);
  }
  return zone.split("/").map((part) => part.split(/(?<=[_-])/).map((word) => (word.length < 4 && /^(?:of|de|es|au|in)[_-]?$/i.test(word) ? word.toLowerCase()
    : word[0].toUpperCase() + word.slice(1).toLowerCase())).join("")).join("/").replace(/\bGmt/, "GMT").replace(/_([a-z])/g, (whole, c) => whole.replace(c, c));
}

function offsetSeconds(zone, time) {
  if (zone === "UTC") {
    return 0;
  }
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  return fixed === null ? host.zoneOffset(zone, time) : (fixed[1] === "-" ? -1 : 1) * (3600 * fixed[2] + 60 * fixed[3]);
}

/** Reads the options; `needed` and `defaults` say what is shown where nothing was asked for. */
function resolve(given, needed, defaults) {
  const options = optionsOf(given);
  const s = { locale: LOCALE, calendar: "gregory", numberingSystem: "latn", timeZone: timeZoneOf(options.timeZone) };
  const parts = {
    weekday: choice(options, "weekday", NAMES, undefined, OWNER), era: choice(options, "era", NAMES, undefined, OWNER), year: choice(options, "year", NUMERIC, undefined, OWNER),
    month: choice(options, "month", [...NUMERIC, ...NAMES], undefined, OWNER), day: choice(options, "day", NUMERIC, undefined, OWNER), dayPeriod: choice(options, "dayPeriod", NAMES, undefined, OWNER),
    hour: choice(options, "hour", NUMERIC, undefined, OWNER), minute: choice(options, "minute", NUMERIC, undefined, OWNER), second: choice(options, "second", NUMERIC, undefined, OWNER),
    fractionalSecondDigits: integer(options, "fractionalSecondDigits", 1, 3),
    timeZoneName: choice(options, "timeZoneName", ["short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric"], undefined, OWNER),
  };
  const dateStyle = choice(options, "dateStyle", Object.keys(DATE_STYLES), undefined, OWNER);
  const timeStyle = choice(options, "timeStyle", Object.keys(TIME_STYLES), undefined, OWNER);
  const hourCycle = choice(options, "hourCycle", ["h11", "h12", "h23", "h24"], undefined, OWNER);
  if (dateStyle !== undefined || timeStyle !== undefined) {
    const clash = Object.keys(parts).find((name) => parts[name] !== undefined);
    if (clash !== undefined) {
      throw new TypeError("Can't set option " + clash + " when " + (dateStyle !== undefined ? "dateStyle" : "timeStyle") + " is used");
    }
    if ((dateStyle !== undefined && needed === "time") || (timeStyle !== undefined && needed === "date")) {
      throw new TypeError("Invalid option : " + (needed === "time" ? "dateStyle" : "timeStyle"));
    }
    s.shown = { ...DATE_STYLES[dateStyle], ...TIME_STYLES[timeStyle] };
    Object.assign(s, { dateStyle, timeStyle });
  } else {
    const has = (...names) => names.some((name) => parts[name] !== undefined);
    const date = has("weekday", "year", "month", "day");
    const time = has("dayPeriod", "hour", "minute", "second", "fractionalSecondDigits");
    if (!(needed !== "time" && date) && !(needed !== "date" && time)) {
      if (defaults !== "time") {
        Object.assign(parts, { year: "numeric", month: "numeric", day: "numeric" });
      }
      if (defaults !== "date") {
        Object.assign(parts, { hour: "numeric", minute: "numeric", second: "numeric" });
      }
    }
    s.shown = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  }
  if (s.shown.hour !== undefined) {
    s.hourCycle = options.hour12 === undefined ? hourCycle ?? "h12" : options.hour12 ? "h12" : "h23";
    s.hour12 = s.hourCycle === "h11" || s.hourCycle === "h12";
  }
  return s;
}

const two = (number) => String(number).padStart(2, "0");
const literal = (value) => ({ type: "literal", value });
const named = (name, width) => (width === "long" ? name : width === "short" ? name.slice(0, 3) : name[0]);

function datePart(shown, fields) {
  const { weekday, year, month, day, era } = shown;
  const out = { };
  if (weekday !== undefined) {
    out.weekday = { type: "weekday", value: named(DAYS[fields.getUTCDay()], weekday) };
  }
  if (year !== undefined) {
    const number = fields.getUTCFullYear();
    const counted = number <= 0 && era !== undefined ? 1 - number : number;
    out.year = { type: "year", value: year === "2-digit" ? two(Math.abs(counted) % 100) : String(counted) };
  }
  const textual = NAMES.includes(month);
  if (month !== undefined) {
    const number = fields.getUTCMonth();
    out.month = { type: "month", value: textual ? (month === "short" ? MONTHS[number].slice(0, 3) : named(MONTHS[number], month)) : month === "2-digit" ? two(number + 1) : String(number + 1) };
  }
  if (day !== undefined) {
    out.day = { type: "day", value: day === "2-digit" ? two(fields.getUTCDate()) : String(fields.getUTCDate()) };
  }
  let parts = [];
  if (textual) {
    parts = [out.month, ...(out.day ? [literal(" "), out.day] : []), ...(out.year ? [literal(out.day ? ", " : " "), out.year] : [])];
  } else {
    for (const part of [out.month, out.day, out.year]) {
      if (part !== undefined) {
        parts.push(...(parts.length > 0 ? [literal("/")] : []), part);
      }
    }
  }
  if (out.weekday !== undefined) {
    const alone = out.day !== undefined && out.month === undefined && out.year === undefined;
    parts = parts.length === 0 ? [out.weekday] : alone ? [out.day, literal(" "), out.weekday] : [out.weekday, literal(", "), ...parts];
  }
  if (era !== undefined && parts.length > 0) {
    parts.push(literal(" "), { type: "era", value: fields.getUTCFullYear() > 0 ? (era === "long" ? "Anno Domini" : era === "short" ? "AD" : "A") : era === "long" ? "Before Christ" : era === "short" ? "BC" : "B" });
  }
  return parts;
}

function timePart(shown, fields, s) {
  const parts = [];
  const { hour, minute, second, fractionalSecondDigits } = shown;
  if (hour !== undefined) {
    const number = fields.getUTCHours();
    const cycled = s.hourCycle === "h12" ? number % 12 || 12 : s.hourCycle === "h11" ? number % 12 : s.hourCycle === "h24" ? number || 24 : number;
    parts.push({ type: "hour", value: hour === "2-digit" || !s.hour12 ? two(cycled) : String(cycled) });
  }
  if (minute !== undefined) {
    const alone = hour === undefined && second === undefined;
    parts.push(...(parts.length > 0 ? [literal(":")] : []), { type: "minute", value: alone ? String(fields.getUTCMinutes()) : two(fields.getUTCMinutes()) });
  }
  if (second !== undefined) {
    const alone = parts.length === 0;
    parts.push(...(alone ? [] : [literal(":")]), { type: "second", value: alone ? String(fields.getUTCSeconds()) : two(fields.getUTCSeconds()) });
  }
  if (fractionalSecondDigits !== undefined) {
    const value = String(fields.getUTCMilliseconds()).padStart(3, "0").slice(0, fractionalSecondDigits);
    parts.push(...(parts.length > 0 ? [literal(".")] : []), { type: "fractionalSecond", value });
  }
  if (s.hour12 && hour !== undefined) {
    parts.push(literal(" "), { type: "dayPeriod", value: fields.getUTCHours() < 12 ? "AM" : "PM" });
  }
  return parts;
}

function offsetName(offset, long) {
  const minutes = Math.abs(Math.trunc(offset / 60));
  const hours = Math.floor(minutes / 60);
  return offset === 0 ? "GMT" : "GMT" + (offset < 0 ? "-" : "+") + (long ? two(hours) : hours) + (long || minutes % 60 !== 0 ? ":" + two(minutes % 60) : "");
}

function zoneName(zone, kind, time, offset) {
  const long = kind.startsWith("long");
  if (kind.endsWith("Offset")) {
    return offsetName(offset, long);
  }
  if (zone === "UTC") {
    return long ? "Coordinated Universal Time" : kind === "shortGeneric" ? "GMT" : "UTC";
  }
  const year = new Date(time).getUTCFullYear();
  const standard = Math.min(offsetSeconds(zone, Date.UTC(year, 0, 1)), offsetSeconds(zone, Date.UTC(year, 6, 1)));
  const summer = offset !== standard;
  const us = US_ZONES[zone];
  if (us !== undefined) {
    const generic = kind.endsWith("Generic");
    return long ? us[1] + (generic ? " Time" : summer ? " Daylight Time" : " Standard Time") : us[0] + (generic ? "T" : summer ? "DT" : "ST");
  }
  return (long ? LONG_ZONES[zone]?.[summer ? 1 : 0] : undefined) ?? offsetName(offset, long);
}

function timeOf(date) {
  const time = date === undefined ? Date.now() : Number(date);
  if (!(Math.abs(time) <= 8.64e15)) {
    throw new RangeError("Invalid time value");
  }
  return Math.trunc(time);
}

function format(date, s) {
  const time = timeOf(date);
  const offset = offsetSeconds(s.timeZone, time);
  const fields = new Date(time + 1000 * offset);
  const { shown } = s;
  const dates = datePart(shown, fields);
  const times = timePart(shown, fields, s);
  let parts = dates;
  if (times.length > 0) {
    const weekdayAlone = dates.length === 1 && shown.weekday !== undefined;
    const at = shown.month === "long" && (shown.day !== undefined || shown.year !== undefined);
    parts = dates.length === 0 ? times : [...dates, literal(weekdayAlone ? " " : at ? " at " : ", "), ...times];
  }
  if (shown.timeZoneName !== undefined) {
    parts = [...parts, ...(parts.length > 0 ? [literal(times.length > 0 ? " " : ", ")] : []), { type: "timeZoneName", value: zoneName(s.timeZone, shown.timeZoneName, time, offset) }];
  }
  return parts;
}

const text = (parts) => parts.map(({ value }) => value).join("");

export const DateTimeFormat = finish(class DateTimeFormat {
  constructor(locales = undefined, options = undefined) {
    checkedLocales(locales);
    settings.set(this, resolve(options, "any", "date"));
  }

  formatToParts(date) {
    return format(date, settings.get(this));
  }

  formatRange(start, end) {
    const s = settings.get(this);
    const [a, b] = [text(format(start, s)), text(format(end, s))];
    return a === b ? a : a + " – " + b;
  }

  formatRangeToParts(start, end) {
    const s = settings.get(this);
    const mark = (parts, source) => parts.map((part) => ({ ...part, source }));
    return [...mark(format(start, s), "startRange"), { type: "literal", value: " – ", source: "shared" }, ...mark(format(end, s), "endRange")];
  }

  resolvedOptions() {
    const { shown, dateStyle, timeStyle, ...rest } = settings.get(this);
    return { ...rest, ...(dateStyle === undefined && timeStyle === undefined ? shown : { ...(dateStyle && { dateStyle }), ...(timeStyle && { timeStyle }) }) };
  }
}, "DateTimeFormat");
boundMethod(DateTimeFormat, "format", (formatter) => (date) => text(format(date, settings.get(formatter))));

/** What `toLocaleString` and its family show. */
export function showDate(date, locales, options, needed, defaults) {
  checkedLocales(locales);
  const s = resolve(options, needed, defaults);
  return Number.isNaN(Number(date)) ? "Invalid Date" : text(format(date, s));
}
