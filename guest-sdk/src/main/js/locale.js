/** The language's own methods that depend on a locale, on top of Intl, which is made when one of them is first called. */

import * as p from "lapidary:primordials";
import { defineLazily, load } from "lapidary:lazy";

const numberOf = p.uncurry(Number.prototype.valueOf);
const bigintOf = p.uncurry(BigInt.prototype.valueOf);
const timeOf = p.uncurry(Date.prototype.getTime);

const methods = [
  [Number.prototype, {
    toLocaleString(locales = undefined, options = undefined) {
      return load("intl").showNumber(numberOf(this), locales, options);
    },
  }],
  [BigInt.prototype, {
    toLocaleString(locales = undefined, options = undefined) {
      return load("intl").showNumber(bigintOf(this), locales, options);
    },
  }],
  [Date.prototype, {
    toLocaleString(locales = undefined, options = undefined) {
      return load("intl").showDate(timeOf(this), locales, options, "any", "all");
    },
    toLocaleDateString(locales = undefined, options = undefined) {
      return load("intl").showDate(timeOf(this), locales, options, "date", "date");
    },
    toLocaleTimeString(locales = undefined, options = undefined) {
      return load("intl").showDate(timeOf(this), locales, options, "time", "time");
    },
  }],
  [String.prototype, {
    localeCompare(that, locales = undefined, options = undefined) {
      if (this === null || this === undefined) {
        throw new p.TypeErrorOf("String.prototype.localeCompare called on null or undefined");
      }
      return load("intl").compare(p.toText(this), p.toText(that), locales, options);
    },
  }],
];

/** Installs them. */
export function installLocale() {
  for (let i = 0; i < methods.length; i++) {
    const { 0: prototype, 1: functions } = methods[i];
    const names = p.ReflectOwnKeys(functions);
    for (let j = 0; j < names.length; j++) {
      p.ObjectDefineProperty(prototype, names[j], {
        __proto__: null, value: functions[names[j]], writable: true, enumerable: false, configurable: true,
      });
    }
  }
  defineLazily("intl", ["Intl"]);
}
