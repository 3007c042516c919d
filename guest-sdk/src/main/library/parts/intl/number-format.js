/** Intl.NumberFormat in en-US. */

import { decimal, rounded, shifted, written } from "./decimal.js";
import { CURRENCY_NAMES, currencyDigits, NARROW, PAIRS, PER, SYMBOLS, UNITS } from "./number-data.js";
import { boundMethod, checkedLocales, choice, finish, integer, LOCALE, optionsOf } from "./options.js";

const OWNER = "Intl.NumberFormat";
const ROUNDING = ["ceil", "floor", "expand", "trunc", "halfCeil", "halfFloor", "halfExpand", "halfTrunc", "halfEven"];
const SCALES = [["", "", 0], ["K", " thousand", 3], ["M", " million", 6], ["B", " billion", 9], ["T", " trillion", 12]];
const settings = new WeakMap();

function checkedUnit(unit) {
  const known = (name) => Object.hasOwn(UNITS, name);
  const parts = unit.split("-per-");
  if (!known(unit) && !(parts.length === 2 && parts.every(known))) {
    throw new RangeError("Invalid unit argument for Intl.NumberFormat() '" + unit + "'");
  }
  return unit;
}

/** The digit options as the standard resolves them. */
function digits(options, least, most, notation) {
  const minimumIntegerDigits = integer(options, "minimumIntegerDigits", 1, 21, 1);
  const significant = options.minimumSignificantDigits !== undefined || options.maximumSignificantDigits !== undefined;
  const fraction = options.minimumFractionDigits !== undefined || options.maximumFractionDigits !== undefined;
  if (significant) {
    const minimumSignificantDigits = integer(options, "minimumSignificantDigits", 1, 21, 1);
    return { minimumIntegerDigits, minimumSignificantDigits, maximumSignificantDigits: integer(options, "maximumSignificantDigits", minimumSignificantDigits, 21, 21) };
  }
  if (notation === "compact" && !fraction) {
    return { minimumIntegerDigits, minimumFractionDigits: 0, maximumFractionDigits: 0, compactRounding: true };
  }
  let minimumFractionDigits = integer(options, "minimumFractionDigits", 0, 100);
  let maximumFractionDigits = integer(options, "maximumFractionDigits", 0, 100);
  if (minimumFractionDigits === undefined) {
    minimumFractionDigits = Math.min(least, maximumFractionDigits ?? least);
  }
  if (maximumFractionDigits === undefined) {
    maximumFractionDigits = Math.max(most, minimumFractionDigits);
  } else if (minimumFractionDigits > maximumFractionDigits) {
    throw new RangeError("maximumFractionDigits value is out of range.");
  }
  return { minimumIntegerDigits, minimumFractionDigits, maximumFractionDigits };
}

function resolve(given) {
  const options = optionsOf(given);
  const style = choice(options, "style", ["decimal", "percent", "currency", "unit"], "decimal", OWNER);
  const resolved = { locale: LOCALE, numberingSystem: "latn", style };
  const currency = options.currency === undefined ? undefined : String(options.currency).toUpperCase();
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) {
    throw new RangeError("Invalid currency code : " + options.currency);
  }
  if (style === "currency" && currency === undefined) {
    throw new TypeError("Currency code is required with currency style.");
  }
  const currencyDisplay = choice(options, "currencyDisplay", ["code", "symbol", "narrowSymbol", "name"], "symbol", OWNER);
  const currencySign = choice(options, "currencySign", ["standard", "accounting"], "standard", OWNER);
  if (style === "currency") {
    Object.assign(resolved, { currency, currencyDisplay, currencySign });
  }
  const unit = options.unit === undefined ? undefined : checkedUnit(String(options.unit));
  if (style === "unit" && unit === undefined) {
    throw new TypeError("Required option \"unit\" must not be undefined");
  }
  const unitDisplay = choice(options, "unitDisplay", ["short", "narrow", "long"], "short", OWNER);
  if (style === "unit") {
    Object.assign(resolved, { unit, unitDisplay });
  }
  const notation = choice(options, "notation", ["standard", "scientific", "engineering", "compact"], "standard", OWNER);
  const money = style === "currency" && notation === "standard" ? currencyDigits(currency) : 0;
  const resolvedDigits = digits(options, money, style === "currency" && notation === "standard" ? money : style === "percent" ? 0 : 3, notation);
  const compactDisplay = choice(options, "compactDisplay", ["short", "long"], "short", OWNER);
  const grouping = options.useGrouping;
  const useGrouping = grouping === undefined || grouping === "true" || grouping === "false" ? (notation === "compact" ? "min2" : "auto")
    : grouping === true ? "always" : !grouping ? false : choice(options, "useGrouping", ["min2", "auto", "always"], undefined, OWNER);
  Object.assign(resolved, resolvedDigits, {
    useGrouping, notation, ...(notation === "compact" ? { compactDisplay } : {}),
    signDisplay: choice(options, "signDisplay", ["auto", "never", "always", "exceptZero", "negative"], "auto", OWNER),
    roundingIncrement: 1, roundingMode: choice(options, "roundingMode", ROUNDING, "halfExpand", OWNER), roundingPriority: "auto",
    trailingZeroDisplay: choice(options, "trailingZeroDisplay", ["auto", "stripIfInteger"], "auto", OWNER),
  });
  return resolved;
}

function round(number, s) {
  if (s.maximumSignificantDigits !== undefined) {
    return rounded(number, s.maximumSignificantDigits, s.roundingMode);
  }
  if (s.compactRounding && number.exponent < 2) {
    return rounded(number, Math.max(2, 0), s.roundingMode);
  }
  return rounded(number, number.exponent + s.maximumFractionDigits, s.roundingMode);
}

/** The power of ten that a notation takes out of a number. */
function scale(number, s) {
  if (s.notation === "standard" || number.digits === "") {
    return 0;
  }
  const power = (exponent) => {
    if (s.notation === "scientific") {
      return exponent - 1;
    }
    const third = 3 * Math.floor((exponent - 1) / 3);
    return s.notation === "engineering" ? third : Math.min(12, Math.max(0, third));
  };
  const first = power(number.exponent);
  return power(round(shifted(number, -first), s).exponent + first);
}

function grouped(whole, s) {
  const use = s.useGrouping;
  return use === false || whole.length < (use === "min2" ? 5 : 4) ? [whole] : whole.split(/(?=(?:\d{3})+$)/);
}

function toNumber(value) {
  if (typeof value === "bigint" || typeof value === "number") {
    return value;
  }
  if (typeof value === "string" && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) {
    return value.trim();
  }
  return Number(value);
}

/** The parts of a number, and whether it counts as one. */
function numberParts(value, s) {
  if (typeof value === "number" && !Number.isFinite(value)) {
    const type = Number.isNaN(value) ? "nan" : "infinity";
    return { negative: value < 0, zero: false, one: false, parts: [{ type, value: type === "nan" ? "NaN" : "∞" }], power: 0, nan: type === "nan" };
  }
  const exact = shifted(decimal(value), s.style === "percent" ? 2 : 0);
  const power = scale(exact, s);
  const number = round(shifted(exact, -power), s);
  const least = s.minimumSignificantDigits === undefined ? s.minimumFractionDigits
    : Math.max(0, s.minimumSignificantDigits - (number.digits === "" ? 1 : number.exponent));
  let { whole, fraction } = written(number, s.minimumIntegerDigits, least);
  if (s.trailingZeroDisplay === "stripIfInteger" && /^0*$/.test(fraction)) {
    fraction = "";
  }
  const parts = [];
  grouped(whole, s).forEach((group, i) => {
    if (i > 0) {
      parts.push({ type: "group", value: "," });
    }
    parts.push({ type: "integer", value: group });
  });
  if (fraction !== "") {
    parts.push({ type: "decimal", value: "." }, { type: "fraction", value: fraction });
  }
  if (s.notation === "scientific" || s.notation === "engineering") {
    parts.push({ type: "exponentSeparator", value: "E" });
    if (power < 0) {
      parts.push({ type: "exponentMinusSign", value: "-" });
    }
    parts.push({ type: "exponentInteger", value: String(Math.abs(power)) });
  } else if (power > 0) {
    const [short, long] = SCALES[power / 3];
    if (s.compactDisplay === "short") {
      parts.push({ type: "compact", value: short });
    } else {
      parts.push({ type: "literal", value: " " }, { type: "compact", value: long.slice(1) });
    }
  }
  return { negative: number.negative, zero: number.digits === "", one: whole === "1" && fraction === "" && power === 0, parts };
}

function sign({ negative, zero, nan }, s) {
  switch (s.signDisplay) {
    case "never":
      return "";
    case "always":
      return negative ? "-" : "+";
    case "exceptZero":
      return zero || nan ? "" : negative ? "-" : "+";
    case "negative":
      return negative && !zero ? "-" : "";
    default:
      return negative ? "-" : "";
  }
}

function currencyParts(number, s) {
  if (s.currencyDisplay === "name") {
    const names = CURRENCY_NAMES[s.currency] ?? [s.currency, s.currency];
    return { after: [{ type: "literal", value: " " }, { type: "currency", value: names[number.one ? 0 : 1] }] };
  }
  const symbol = s.currencyDisplay === "code" ? s.currency : (s.currencyDisplay === "narrowSymbol" ? NARROW : SYMBOLS)[s.currency] ?? s.currency;
  const before = [{ type: "currency", value: symbol }];
  return { before: /[A-Z]$/i.test(symbol) && number.parts[0].type === "integer" ? [...before, { type: "literal", value: "\u00a0" }] : before };
}

const many = (forms, one) => {
  const [first, second] = forms.split("|");
  return one ? first : second ?? (forms.startsWith(" ") || !/^[a-z]/i.test(forms) ? first : first + "s");
};

function unitParts(number, s) {
  const at = s.unitDisplay === "long" ? 0 : s.unitDisplay === "short" ? 1 : 2;
  const [unit, per] = Object.hasOwn(UNITS, s.unit) ? [s.unit] : s.unit.split("-per-");
  const plain = at === 0 ? " " + many(UNITS[unit][0], number.one) : at === 1 ? UNITS[unit][1].split("|").at(number.one ? 0 : -1) : UNITS[unit][2];
  const own = PAIRS[s.unit];
  const text = per === undefined ? plain : own !== undefined && at > 0 ? own[at - 1]
    : at === 0 ? plain + " per " + UNITS[per][0].split("|")[0] : plain + "/" + (PER[per]?.[1] ?? UNITS[per][1].split("|")[0].trim());
  const type = s.unit === "percent" ? "percentSign" : "unit";
  return text.startsWith(" ") ? [{ type: "literal", value: " " }, { type, value: text.slice(1) }] : [{ type, value: text }];
}

function format(value, s) {
  const number = numberParts(toNumber(value), s);
  const mark = sign(number, s);
  let before = [];
  let after = [];
  if (s.style === "currency") {
    ({ before = [], after = [] } = currencyParts(number, s));
  } else if (s.style === "percent") {
    after = [{ type: "percentSign", value: "%" }];
  } else if (s.style === "unit") {
    after = unitParts(number, s);
  }
  if (mark === "-" && s.currencySign === "accounting" && s.style === "currency" && s.currencyDisplay !== "name") {
    return [{ type: "literal", value: "(" }, ...before, ...number.parts, ...after, { type: "literal", value: ")" }];
  }
  const signs = mark === "" ? [] : [{ type: mark === "-" ? "minusSign" : "plusSign", value: mark }];
  return [...signs, ...before, ...number.parts, ...after];
}

const text = (parts) => parts.map(({ value }) => value).join("");

export const NumberFormat = finish(class NumberFormat {
  constructor(locales = undefined, options = undefined) {
    checkedLocales(locales);
    settings.set(this, resolve(options));
  }

  formatToParts(value) {
    return format(value, settings.get(this));
  }

  formatRange(start, end) {
    const [a, b] = [this.format(start), this.format(end)];
    return a === b ? "~" + a : a + "–" + b;
  }

  resolvedOptions() {
    const { compactRounding, ...shown } = settings.get(this);
    return shown;
  }
}, "NumberFormat");
boundMethod(NumberFormat, "format", (formatter) => (value) => text(format(value, settings.get(formatter))));
