// Colours: from the style sheet, so that light, dark and forced colours are decided in one place.

const NAMES = /** @type {const} */ ([
  "page", "panel", "text", "quiet", "line", "accent", "running", "stalled", "ready", "sleep", "io",
  "sync", "task", "idle", "rest", "failed", "cancelled", "done", "path", "band",
]);
/** @typedef {Record<(typeof NAMES)[number], string>} Colours */

/** @returns {Colours} */
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const pairs = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || "#888"]);
  return Object.fromEntries(pairs);
}

/** Calls back when the colours may have changed. @param {() => void} changed */
export function onThemeChange(changed) {
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"]) {
    matchMedia(query).addEventListener("change", changed);
  }
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

/** Switches between light and dark, whatever the system says. */
export function toggleTheme() {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset.theme ?? (dark ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
}
