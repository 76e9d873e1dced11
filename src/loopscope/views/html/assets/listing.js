// A listing of source: numbered lines, words of Python set apart, notes at the end of a line.

import { el } from "./dom.js";

/** With more lines than this only those around the wanted one are listed. */
const MOST_LINES = 3_000;
const LONGEST_LINE = 2_000;

const TOKEN = /(#.*)|("""|'''|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)|\b(async|await)\b|\b(and|as|assert|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield|None|True|False)\b/gu;

/** @typedef {"comment" | "string" | "await" | "word" | ""} Kind */
/** @typedef {{kind: Kind, text: string}} Token */

/**
 * Cuts lines of Python into tokens worth a colour. Strings over several lines are followed.
 * @param {string[]} lines
 * @returns {Token[][]}
 */
export function tokensOf(lines) {
  let quote = "";
  return lines.map((line) => {
    const found = tokensOfLine(line, quote);
    quote = found.quote;
    return found.tokens;
  });
}

/**
 * @param {string} line
 * @param {string} quote the quotes that a string of an earlier line is waiting for, "" for none
 */
function tokensOfLine(line, quote) {
  /** @type {Token[]} */
  const tokens = [];
  let at = 0;
  const add = (/** @type {number} */ end, /** @type {Kind} */ kind) => {
    if (end > at) tokens.push({ kind, text: line.slice(at, end) });
    at = Math.max(at, end);
  };
  while (at < line.length) {
    if (quote) {
      const close = line.indexOf(quote, at);
      add(close < 0 ? line.length : close + quote.length, "string");
      if (close >= 0) quote = "";
      continue;
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(line);
    if (!match) break;
    add(match.index, "");
    const [text, comment, string, wait] = match;
    if (string?.length === 3 && string[0] === string[1] && string[1] === string[2]) quote = string;
    add(match.index + text.length, comment ? "comment" : string ? "string" : wait ? "await" : "word");
  }
  add(line.length, "");
  return { tokens, quote };
}

/**
 * A listing of one file.
 */
export class Listing {
  /**
   * @param {string} text
   * @param {number} wanted a line that must be listed
   */
  constructor(text, wanted = 1) {
    const all = text.split(/\r\n|\r|\n/u);
    if (all.length > 1 && all.at(-1) === "") all.pop();
    const from = all.length > MOST_LINES ? Math.max(0, wanted - MOST_LINES / 2) : 0;
    const lines = all.slice(from, from + MOST_LINES).map((line) => line.slice(0, LONGEST_LINE));
    this.first = from + 1;
    /** @type {HTMLElement[]} */
    this.rows = tokensOf(lines).map((tokens, at) => rowOf(from + at + 1, tokens));
    this.element = el("div", { class: "listing" }, ...this.rows);
  }

  /**
   * The element of a line, null if it is not listed.
   * @param {number} line
   */
  row(line) {
    return this.rows[line - this.first] ?? null;
  }

  /**
   * Marks lines anew: every class and note given before is taken back.
   * @param {Iterable<{line: number, mark: string, note: string}>} marks
   */
  mark(marks) {
    for (const row of this.rows) {
      if (row.className !== "line") row.className = "line";
      const note = row.lastElementChild;
      if (note && note.textContent) note.textContent = "";
    }
    for (const { line, mark, note } of marks) {
      const row = this.row(line);
      if (!row) continue;
      row.classList.add(mark);
      const place = row.lastElementChild;
      if (place && note) place.textContent = place.textContent ? `${place.textContent} · ${note}` : note;
    }
  }

  /**
   * Brings a line into view, within the listing's own scrolling only.
   * @param {number} line
   */
  show(line) {
    const row = this.row(line);
    const frame = this.element;
    if (!row) return;
    const [top, bottom] = [row.offsetTop, row.offsetTop + row.offsetHeight];
    const margin = row.offsetHeight * 3;
    if (top - margin < frame.scrollTop || bottom + margin > frame.scrollTop + frame.clientHeight) {
      frame.scrollTop = top - frame.clientHeight / 2;
    }
  }
}

/**
 * @param {number} number
 * @param {Token[]} tokens
 */
function rowOf(number, tokens) {
  const parts = tokens.map(({ kind, text }) => (kind ? el("span", { class: kind }, text) : text));
  return el(
    "div", { class: "line" },
    el("span", { class: "number", "aria-hidden": "true" }, String(number)),
    el("code", {}, ...parts),
    el("span", { class: "note" }),
  );
}
