/** What all classes of Intl share: one locale, and options that are checked. */

export const LOCALE = "en-US";
const TAG = /^(?:[a-z]{2,3}|[a-z]{5,8})(?:-[a-z0-9]{1,8})*$/i;

/** Checks locale tags; whatever they ask for, the answer is en-US. */
export function checkedLocales(locales) {
  if (locales === undefined) {
    return [];
  }
  if (locales === null) {
    throw new TypeError("Cannot convert undefined or null to object");
  }
  const list = typeof locales === "string" || locales instanceof Object && "baseName" in locales ? [locales] : Array.from(locales);
  return [...new Set(list.map((locale) => {
    if (typeof locale !== "string" && (typeof locale !== "object" || locale === null)) {
      throw new TypeError("Language ID should be string or object.");
    }
    const tag = String(locale);
    if (!TAG.test(tag)) {
      throw new RangeError("Invalid language tag: " + tag);
    }
    return canonical(tag);
  }))];
}

function canonical(tag) {
  return tag.split("-").map((part, i) => (i === 0 ? part.toLowerCase()
    : part.length === 4 && /^[a-z]/i.test(part) ? part[0].toUpperCase() + part.slice(1).toLowerCase()
    : part.length === 2 ? part.toUpperCase() : part.toLowerCase())).join("-");
}

/** Reads an option that is one of a few texts. */
export function choice(options, name, values, fallback, owner) {
  const value = options[name];
  if (value === undefined) {
    return fallback;
  }
  const text = String(value);
  if (!values.includes(text)) {
    throw new RangeError("Value " + text + " out of range for " + owner + " options property " + name);
  }
  return text;
}

/** Reads an option that is a whole number. */
export function integer(options, name, least, most, fallback) {
  const value = options[name];
  if (value === undefined) {
    return fallback;
  }
  const number = Number(value);
  if (!(number >= least && number <= most)) {
    throw new RangeError(name + " value is out of range.");
  }
  return Math.floor(number);
}

export function optionsOf(options) {
  if (options === null) {
    throw new TypeError("Cannot convert undefined or null to object");
  }
  return options === undefined ? {} : Object(options);
}

export const supportedLocalesOf = {
  supportedLocalesOf(locales) {
    return checkedLocales(locales).filter((tag) => /^en(-|$)/.test(tag));
  },
}.supportedLocalesOf;

/** Names a class as Intl's classes are named. */
export function finish(type, name) {
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: "Intl." + name, configurable: true });
  Object.defineProperty(type, "supportedLocalesOf", { value: supportedLocalesOf, writable: true, configurable: true });
  return type;
}

/** Defines a getter that answers a bound function, once made. */
export function boundMethod(type, name, make) {
  const made = new WeakMap();
  Object.defineProperty(type.prototype, name, {
    get() {
      let method = made.get(this);
      if (method === undefined) {
        method = make(this);
        made.set(this, method);
      }
      return method;
    },
    configurable: true,
  });
}
