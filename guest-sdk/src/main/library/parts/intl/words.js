/** Intl's smaller classes in en-US: plurals, relative times, lists, order, segments, names, locales. */

import { NumberFormat } from "./number-format.js";
import { boundMethod, checkedLocales, choice, finish, LOCALE, optionsOf } from "./options.js";

const settings = new WeakMap();

export const PluralRules = finish(class PluralRules {
  constructor(locales = undefined, given = undefined) {
    checkedLocales(locales);
    const options = optionsOf(given);
    settings.set(this, { type: choice(options, "type", ["cardinal", "ordinal"], "cardinal", "Intl.PluralRules"), format: new NumberFormat(undefined, options) });
  }

  select(value) {
    const { type, format } = settings.get(this);
    const number = Math.abs(Number(value));
    if (type === "cardinal") {
      return format.format(number) === "1" ? "one" : "other";
    }
    const [last, lastTwo] = [number % 10, number % 100];
    return last === 1 && lastTwo !== 11 ? "one" : last === 2 && lastTwo !== 12 ? "two" : last === 3 && lastTwo !== 13 ? "few" : "other";
  }

  selectRange(start, end) {
    return this.select(end);
  }

  resolvedOptions() {
    const { type, format } = settings.get(this);
    const { minimumIntegerDigits, minimumFractionDigits, maximumFractionDigits, roundingIncrement, roundingMode, roundingPriority, trailingZeroDisplay } = format.resolvedOptions();
    return {
      locale: LOCALE, type, minimumIntegerDigits, minimumFractionDigits, maximumFractionDigits,
      pluralCategories: type === "ordinal" ? ["few", "one", "two", "other"] : ["one", "other"], roundingIncrement, roundingMode, roundingPriority, trailingZeroDisplay,
    };
  }
}, "PluralRules");

/** Short and narrow forms: one and many. */
const SHORT = { second: ["sec.", "sec."], minute: ["min.", "min."], hour: ["hr.", "hr."], day: ["day", "days"], week: ["wk.", "wk."], month: ["mo.", "mo."], quarter: ["qtr.", "qtrs."], year: ["yr.", "yr."] };
const NARROW = { second: "s", minute: "m", hour: "h", day: "d", week: "w", month: "mo", quarter: "q", year: "y" };
const AUTO = { "day-1": "yesterday", day0: "today", day1: "tomorrow", second0: "now", minute0: "this minute", hour0: "this hour" };

export const RelativeTimeFormat = finish(class RelativeTimeFormat {
  constructor(locales = undefined, given = undefined) {
    checkedLocales(locales);
    const options = optionsOf(given);
    const owner = "Intl.RelativeTimeFormat";
    settings.set(this, { style: choice(options, "style", ["long", "short", "narrow"], "long", owner), numeric: choice(options, "numeric", ["always", "auto"], "always", owner) });
  }

  formatToParts(value, unit) {
    const { style, numeric } = settings.get(this);
    const name = String(unit).replace(/s$/, "");
    if (!Object.hasOwn(SHORT, name)) {
      throw new RangeError("Invalid unit argument for Intl.RelativeTimeFormat.prototype.format() '" + unit + "'");
    }
    const number = Number(value);
    if (!Number.isFinite(number)) {
      throw new RangeError("Invalid time value");
    }
    const auto = numeric === "auto" ? AUTO[name + number] ?? (/week|month|quarter|year/.test(name) && [-1, 0, 1].includes(number)
      ? ["last ", "this ", "next "][number + 1] + (style === "long" ? name : SHORT[name][0]) : undefined) : undefined;
    if (auto !== undefined) {
      return [{ type: "literal", value: auto }];
    }
    const past = number < 0 || Object.is(number, -0);
    const amount = Math.abs(number);
    const digits = new NumberFormat().formatToParts(amount).map((part) => ({ ...part, unit: name }));
    const word = style === "narrow" ? NARROW[name] : style === "short" ? " " + SHORT[name][amount === 1 ? 0 : 1] : " " + name + (amount === 1 ? "" : "s");
    return past ? [...digits, { type: "literal", value: word + " ago" }] : [{ type: "literal", value: "in " }, ...digits, { type: "literal", value: word }];
  }

  format(value, unit) {
    return this.formatToParts(value, unit).map((part) => part.value).join("");
  }

  resolvedOptions() {
    return { locale: LOCALE, ...settings.get(this), numberingSystem: "latn" };
  }
}, "RelativeTimeFormat");

export const ListFormat = finish(class ListFormat {
  constructor(locales = undefined, given = undefined) {
    checkedLocales(locales);
    const options = optionsOf(given);
    const owner = "Intl.ListFormat";
    settings.set(this, { type: choice(options, "type", ["conjunction", "disjunction", "unit"], "conjunction", owner), style: choice(options, "style", ["long", "short", "narrow"], "long", owner) });
  }

  formatToParts(list) {
    const { type, style } = settings.get(this);
    const items = [];
    for (const item of list ?? []) {
      if (typeof item !== "string") {
        throw new TypeError("Iterable yielded " + String(item) + " which is not a string");
      }
      items.push(item);
    }
    const word = type === "disjunction" ? "or" : type === "unit" ? "" : style === "long" ? "and" : style === "short" ? "&" : "";
    const comma = type === "unit" && style === "narrow" ? " " : ", ";
    const last = word === "" ? comma : items.length === 2 ? " " + word + " " : ", " + word + " ";
    return items.flatMap((value, i) => [...(i === 0 ? [] : [{ type: "literal", value: i === items.length - 1 ? last : comma }]), { type: "element", value }]);
  }

  format(list) {
    return this.formatToParts(list).map(({ value }) => value).join("");
  }

  resolvedOptions() {
    return { locale: LOCALE, ...settings.get(this) };
  }
}, "ListFormat");

const PUNCTUATION = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/** The order of a character: white space, punctuation, digits, letters. */
function primary(c) {
  if (/\s/.test(c)) {
    return [0, c.codePointAt(0)];
  }
  const mark = PUNCTUATION.indexOf(c);
  return mark >= 0 ? [1, mark] : /\d/.test(c) ? [3, c.codePointAt(0)] : /\p{L}/u.test(c) ? [4, c.toLowerCase().codePointAt(0)] : [2, c.codePointAt(0)];
}

function split(text) {
  const letters = [];
  for (const c of text.normalize("NFD").replaceAll("\u00df", "ss\u0301")) {
    if (/\p{M}/u.test(c) && letters.length > 0) {
      letters.at(-1).accents += c;
    } else {
      letters.push({ c, accents: "" });
    }
  }
  return letters;
}

function order(x, y, s) {
  const [a, b] = [split(String(x)), split(String(y))];
  let accent = 0;
  let letterCase = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (s.numeric && /\d/.test(a[i].c) && /\d/.test(b[j].c)) {
      const number = (list, from) => /^\d+/.exec(list.slice(from).map(({ c }) => c).join(""))[0];
      const [m, n] = [number(a, i), number(b, j)];
      const [p, q] = [BigInt(m), BigInt(n)];
      if (p !== q) {
        return p < q ? -1 : 1;
      }
      i += m.length;
      j += n.length;
      continue;
    }
    const [p, q] = [primary(a[i].c), primary(b[j].c)];
    if (p[0] !== q[0] || p[1] !== q[1]) {
      return p[0] - q[0] || p[1] - q[1] < 0 ? (p[0] < q[0] || (p[0] === q[0] && p[1] < q[1]) ? -1 : 1) : 1;
    }
    accent ||= a[i].accents === b[j].accents ? 0 : a[i].accents < b[j].accents ? -1 : 1;
    letterCase ||= a[i].c === b[j].c ? 0 : (a[i].c === a[i].c.toLowerCase() ? -1 : 1) * (s.caseFirst === "upper" ? -1 : 1);
    i++;
    j++;
  }
  const rest = a.length - i - (b.length - j);
  if (rest !== 0) {
    return rest < 0 ? -1 : 1;
  }
  const { sensitivity } = s;
  return (sensitivity === "accent" || sensitivity === "variant" ? accent : 0) || (sensitivity === "case" || sensitivity === "variant" ? letterCase : 0) || 0;
}

export const Collator = finish(class Collator {
  constructor(locales = undefined, given = undefined) {
    checkedLocales(locales);
    const options = optionsOf(given);
    const owner = "Intl.Collator";
    settings.set(this, {
      locale: LOCALE, usage: choice(options, "usage", ["sort", "search"], "sort", owner), sensitivity: choice(options, "sensitivity", ["base", "accent", "case", "variant"], "variant", owner),
      ignorePunctuation: !!options.ignorePunctuation, collation: "default", numeric: !!options.numeric, caseFirst: choice(options, "caseFirst", ["upper", "lower", "false"], "false", owner),
    });
  }

  resolvedOptions() {
    return { ...settings.get(this) };
  }
}, "Collator");
boundMethod(Collator, "compare", (collator) => (a, b) => order(a, b, settings.get(collator)));

const GRAPHEME = /\r\n|\p{Regional_Indicator}{2}|(?:\p{Extended_Pictographic}(?:\p{EMod}|\ufe0f|\p{M})*(?:\u200d\p{Extended_Pictographic}(?:\p{EMod}|\ufe0f|\p{M})*)*)|[^](?:\p{M}|\u200d|\ufe0f)*/gu;
const WORD = /[\p{L}\p{M}\p{N}_]+(?:['’.][\p{L}\p{M}\p{N}_]+)*|\s+|[^]/gu;
const SENTENCE = /[^.!?\n]*(?:[.!?]+["')\]]*\s*|\n|$)/gu;

export const Segmenter = finish(class Segmenter {
  constructor(locales = undefined, given = undefined) {
    checkedLocales(locales);
    settings.set(this, { locale: LOCALE, granularity: choice(optionsOf(given), "granularity", ["grapheme", "word", "sentence"], "grapheme", "Intl.Segmenter") });
  }

  segment(text) {
    const input = String(text);
    const { granularity } = settings.get(this);
    const pattern = granularity === "word" ? WORD : granularity === "sentence" ? SENTENCE : GRAPHEME;
    const all = () => [...input.matchAll(pattern)].filter(([segment]) => segment !== "").map(({ 0: segment, index }) => ({
      segment, index, input, ...(granularity === "word" ? { isWordLike: /[\p{L}\p{N}]/u.test(segment) } : {}),
    }));
    return { containing: (at = 0) => all().find(({ segment, index }) => at >= index && at < index + segment.length), [Symbol.iterator]: () => all().values() };
  }

  resolvedOptions() {
    return { ...settings.get(this) };
  }
}, "Segmenter");

export const DisplayNames = finish(class DisplayNames {
  constructor(locales, given) {
    checkedLocales(locales);
    const options = optionsOf(given ?? null);
    const type = choice(options, "type", ["language", "region", "script", "currency", "calendar", "dateTimeField"], undefined, "Intl.DisplayNames");
    if (type === undefined) {
      throw new TypeError("Required option \"type\" must not be undefined");
    }
    settings.set(this, { locale: LOCALE, style: "long", type, fallback: choice(options, "fallback", ["code", "none"], "code", "Intl.DisplayNames") });
  }

  /** The code itself: there are no names here but those of currencies. */
  of(code) {
    const { type, fallback } = settings.get(this);
    if (type === "currency") {
      const name = new NumberFormat(undefined, { style: "currency", currency: code, currencyDisplay: "name" }).formatToParts(1).at(-1).value;
      return name === code ? name : name.replace(/\b[a-z]/g, (c) => c.toUpperCase());
    }
    return fallback === "code" ? String(code) : undefined;
  }

  resolvedOptions() {
    return { ...settings.get(this) };
  }
}, "DisplayNames");

export const Locale = class Locale {
  constructor(tag, options = undefined) {
    const [base] = checkedLocales([tag]);
    const [language, ...rest] = base.split("-u-")[0].split("-");
    settings.set(this, { base, language: options?.language ?? language, script: rest.find((part) => part.length === 4), region: options?.region ?? rest.find((part) => /^(?:[A-Z]{2}|\d{3})$/.test(part)) });
  }

  get baseName() {
    const { language, script, region } = settings.get(this);
    return [language, script, region].filter((part) => part !== undefined).join("-");
  }

  get language() {
    return settings.get(this).language;
  }

  get script() {
    return settings.get(this).script;
  }

  get region() {
    return settings.get(this).region;
  }

  maximize() {
    return this;
  }

  minimize() {
    return this;
  }

  toString() {
    return this.baseName;
  }
};
Object.defineProperty(Locale.prototype, Symbol.toStringTag, { value: "Intl.Locale", configurable: true });
