/** Rounds numbers to decimal digits, exactly. */

/** A finite number, bigint or decimal text as `{negative, digits, exponent}`: 0.digits times ten to the exponent. */
export function decimal(value) {
  const text = typeof value === "string" ? value : typeof value === "number" && value === 0 && 1 / value < 0 ? "-0" : String(value);
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  const whole = parts[2] ?? "";
  const all = whole + (parts[3] ?? "");
  const digits = all.replace(/^0+/, "");
  const exponent = whole.length - (all.length - digits.length) + Number(parts[4] ?? 0);
  return { negative: parts[1] === "-", digits: digits.replace(/0+$/, ""), exponent: digits === "" ? 0 : exponent };
}

/** Keeps so many digits, rounded; `places` may be negative or beyond what there is. */
export function rounded(number, places, mode) {
  const { negative, digits, exponent } = number;
  if (places >= digits.length) {
    return number;
  }
  const kept = places > 0 ? digits.slice(0, places) : "";
  const rest = places >= 0 ? digits.slice(Math.max(0, places)) : "0".repeat(-places) + digits;
  const up = roundsUp(kept, rest, negative, mode);
  let next = kept;
  let grown = exponent;
  if (up) {
    let at = kept.length - 1;
    while (at >= 0 && kept[at] === "9") {
      at--;
    }
    next = at < 0 ? "1" : kept.slice(0, at) + (Number(kept[at]) + 1);
    if (at < 0) {
      grown = kept.length > 0 ? exponent + 1 : exponent - places + 1;
    }
  }
  const trimmed = next.replace(/0+$/, "");
  return { negative, digits: trimmed, exponent: trimmed === "" ? 0 : grown };
}

function roundsUp(kept, rest, negative, mode) {
  if (/^0*$/.test(rest)) {
    return false;
  }
  const half = rest[0] > "5" || (rest[0] === "5" && /[1-9]/.test(rest.slice(1))) ? 1 : /^50*$/.test(rest) ? 0 : -1;
  switch (mode) {
    case "ceil":
      return !negative;
    case "floor":
      return negative;
    case "expand":
      return true;
    case "trunc":
      return false;
    case "halfTrunc":
      return half > 0;
    case "halfEven":
      return half > 0 || (half === 0 && Number(kept.at(-1) ?? 0) % 2 === 1);
    case "halfCeil":
      return half > 0 || (half === 0 && !negative);
    case "halfFloor":
      return half > 0 || (half === 0 && negative);
    default:
      return half >= 0;
  }
}

/** The digits before and behind the point, at least so many of each. */
export function written({ digits, exponent }, leastInteger, leastFraction) {
  const whole = exponent > 0 ? digits.slice(0, exponent).padEnd(exponent, "0") : "";
  const fraction = exponent >= digits.length ? "" : exponent >= 0 ? digits.slice(exponent) : "0".repeat(-exponent) + digits;
  return { whole: whole.padStart(Math.max(leastInteger, 1), "0"), fraction: fraction.padEnd(leastFraction, "0") };
}

/** The number times ten to a power. */
export const shifted = (number, by) => (number.digits === "" ? number : { ...number, exponent: number.exponent + by });
