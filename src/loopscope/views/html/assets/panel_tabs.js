// The tabs of the lower panel. One view is shown at a time; what is printed holds them all.

import { byId, el, fill } from "./dom.js";
import { count } from "./units.js";

/** @typedef {{section: HTMLElement, tab: HTMLButtonElement}} Tab */

/** @type {import("./shared.js").View} */
export const tabsView = {
  name: "views",
  mount(root, recording, shared) {
    const findings = recording.panels.findings?.length ?? 0;
    const sections = [...byId("panels").children].filter((one) => one instanceof HTMLElement);
    const tabs = sections.map((section) => makeTab(section, section.id === "findings" ? ` (${count(findings)})` : ""));
    const show = (/** @type {string} */ id) => {
      for (const { section, tab } of tabs) {
        const isShown = section.id === id;
        section.hidden = !isShown;
        tab.setAttribute("aria-selected", String(isShown));
        tab.tabIndex = isShown ? 0 : -1;
      }
    };
    for (const { section, tab } of tabs) tab.addEventListener("click", () => show(section.id));
    const list = el("div", { role: "tablist", "aria-label": "Views" }, ...tabs.map(({ tab }) => tab));
    list.addEventListener("keydown", (event) => moveFocus(event, tabs));
    fill(root, list);
    shared.subscribe((changed, state) => {
      if (changed.has("line") && state.line) show("source");
    });
    show("steps");
  },
};

/**
 * @param {HTMLElement} section
 * @param {string} more
 * @returns {Tab}
 */
function makeTab(section, more) {
  const name = section.getAttribute("aria-label") ?? section.id;
  const tab = el("button", { type: "button", role: "tab", id: `tab-${section.id}`, "aria-controls": section.id }, name + more);
  section.setAttribute("role", "tabpanel");
  section.setAttribute("aria-labelledby", tab.id);
  return { section, tab };
}

/**
 * Arrows, Home and End go from tab to tab, as in other lists of tabs.
 * @param {KeyboardEvent} event
 * @param {Tab[]} tabs
 */
function moveFocus(event, tabs) {
  const at = tabs.findIndex(({ tab }) => tab === event.target);
  const last = tabs.length - 1;
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
  if (at < 0 || to === undefined) return;
  const { tab } = tabs[(to + tabs.length) % tabs.length];
  tab.focus();
  tab.click();
  event.preventDefault();
  event.stopPropagation();
}
