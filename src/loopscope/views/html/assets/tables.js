// Tables: the words of everything that is drawn, for screen readers and for copy and paste.

import { el } from "./dom.js";
import { count } from "./units.js";

const MOST_ROWS = 500;

/**
 * @typedef {string | number | Node} Cell
 * @typedef {{name: string, isNumber?: boolean, isShort?: boolean}} Head
 */

/**
 * Makes a table; of a very long one only the beginning, and says so.
 * @param {string} caption
 * @param {Head[]} heads
 * @param {Cell[][]} rows the first cell of each names the row
 * @param {number} [total] how many rows there would be, if not all are given
 */
export function table(caption, heads, rows, total = rows.length) {
  const shown = rows.slice(0, MOST_ROWS);
  const note = total > shown.length ? ` (the first ${count(shown.length)} of ${count(total)})` : "";
  const top = el("tr", {}, ...heads.map(({ name, isNumber }) =>
    el("th", { scope: "col", class: isNumber ? "number" : "" }, name)));
  const body = shown.map((cells) => el("tr", {}, ...cells.map((cell, at) => makeCell(cell, at, heads))));
  return el(
    "div", { class: "table-frame", tabindex: "0", role: "group", "aria-label": caption },
    el("table", { class: "data" }, el("caption", {}, `${caption}${note}`), el("thead", {}, top), el("tbody", {}, ...body)),
  );
}

/**
 * @param {Cell} cell
 * @param {number} at
 * @param {Head[]} heads
 */
function makeCell(cell, at, heads) {
  const content = typeof cell === "number" ? count(cell) : cell;
  const kind = heads[at]?.isNumber ? "number" : heads[at]?.isShort ? "short" : "";
  const inside = typeof content === "string" ? el("bdi", {}, content) : content;
  return at === 0 ? el("th", { scope: "row", class: kind }, inside) : el("td", { class: kind }, inside);
}

/**
 * A table that is only made when somebody opens it.
 * @param {string} summary
 * @param {() => Node} make
 */
export function foldedTable(summary, make) {
  const made = el("details", { class: "folded" }, el("summary", {}, summary));
  made.addEventListener("toggle", () => {
    if (made.open && made.childElementCount === 1) made.append(make());
  });
  return made;
}
