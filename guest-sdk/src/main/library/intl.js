/** Intl in en-US: whatever locale is asked for, that is what there is. */

import { DateTimeFormat, showDate } from "./parts/intl/date-format.js";
import { NumberFormat } from "./parts/intl/number-format.js";
import { checkedLocales } from "./parts/intl/options.js";
import { Collator, DisplayNames, ListFormat, Locale, PluralRules, RelativeTimeFormat, Segmenter } from "./parts/intl/words.js";

/** A class of Intl that may be called without `new`, as the old ones may. */
function callable(type) {
  const f = function (locales, options) {
    return new.target === undefined ? new type(locales, options) : Reflect.construct(type, [locales, options], new.target);
  };
  Object.defineProperties(f, {
    name: { value: type.name, configurable: true }, length: { value: 0, configurable: true }, prototype: { value: type.prototype, writable: false },
    supportedLocalesOf: { value: type.supportedLocalesOf, writable: true, configurable: true },
  });
  Object.defineProperty(type.prototype, "constructor", { value: f, writable: true, configurable: true });
  return f;
}

const functions = {
  getCanonicalLocales: (locales) => checkedLocales(locales),
  supportedValuesOf: (key) => {
    const known = { calendar: ["gregory"], collation: ["default"], currency: ["EUR", "GBP", "JPY", "USD"], numberingSystem: ["latn"], timeZone: ["UTC"], unit: [] }[String(key)];
    if (known === undefined) {
      throw new RangeError("Invalid key : " + key);
    }
    return known;
  },
};
const classes = {
  Collator: callable(Collator), DateTimeFormat: callable(DateTimeFormat), DisplayNames, ListFormat, Locale, NumberFormat: callable(NumberFormat), PluralRules, RelativeTimeFormat, Segmenter,
};

export const Intl = {};
for (const [name, value] of Object.entries({ ...functions, ...classes })) {
  Object.defineProperty(Intl, name, { value, writable: true, enumerable: false, configurable: true });
}
Object.defineProperty(Intl, Symbol.toStringTag, { value: "Intl", configurable: true });

let plainNumbers;
let plainOrder;

/** `toLocaleString` of numbers. */
export function showNumber(value, locales, options) {
  if (locales === undefined && options === undefined) {
    return (plainNumbers ??= new NumberFormat()).format(value);
  }
  return new NumberFormat(locales, options).format(value);
}

/** `localeCompare`. */
export function compare(a, b, locales, options) {
  if (locales === undefined && options === undefined) {
    return (plainOrder ??= new Collator()).compare(a, b);
  }
  return new Collator(locales, options).compare(a, b);
}

export { showDate };
