// Times as people read them.

const UNITS = /** @type {const} */ ([[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]]);

/**
 * Writes a duration with three significant digits: "1.25 s", "300 ms", "0".
 * @param {number} ns
 */
export function duration(ns) {
  if (!ns) return "0";
  const [factor, unit] = UNITS.find(([one]) => Math.abs(ns) >= one * 0.9995) ?? UNITS[3];
  const value = ns / factor;
  const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return `${trimmed(value.toFixed(digits))} ${unit}`;
}

/**
 * Writes a moment so that moments one `step` apart differ.
 * @param {number} ns
 * @param {number} step
 */
export function moment(ns, step) {
  if (Math.abs(ns) < step / 2) return "0";
  const [factor, unit] = UNITS.find(([one]) => Math.abs(ns) >= one) ?? UNITS[3];
  const digits = Math.max(0, Math.ceil(-Math.log10(step / factor) - 1e-9));
  return `${(ns / factor).toFixed(Math.min(digits, 9))} ${unit}`;
}

/** @param {string} digits */
function trimmed(digits) {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

/** @param {number} value */
export function count(value) {
  return value.toLocaleString("en");
}
