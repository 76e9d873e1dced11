// The view "Source": what each line cost, linked both ways with the timeline.

import { el, fill } from "./dom.js";
import { isAt, lineMark } from "./line_mark.js";
import { tokensOf } from "./listing.js";
import { mainPlace } from "./running_line.js";
import { pathText } from "./step_story.js";
import { count, duration } from "./units.js";
import { whenSeen } from "./when_seen.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./shared.js").Shared} Shared
 * @typedef {{line: number, suspended: number, running: number, visits: number, stalls: number,
 *   held: number}} Cost
 */

/** With more lines than this, only lines that cost something and those around them are shown. */
const MOST_LINES = 4_000;
const AROUND = 3;
const LONGEST_LINE = 2_000;

/** @type {import("./shared.js").View} */
export const sourceView = {
  name: "source",
  mount(root, recording, shared) {
    const files = costedFiles(recording);
    if (!files.length) {
      fill(root, el("p", { class: "empty" }, "No source of the program's own files was recorded."));
      return;
    }
    whenSeen(root, () => new SourceView(root, recording, shared, files).begin());
  },
};

/**
 * The files with known source and costs, the most suspended first.
 * @param {Recording} recording
 * @returns {{file: number, costs: Map<number, Cost>}[]}
 */
function costedFiles({ files, sources, panels }) {
  const found = Object.entries(/** @type {Record<string, number[][]>} */ (panels.source ?? {}));
  return found
    .map(([name, lines]) => ({ file: files.indexOf(name), costs: costsOf(lines) }))
    .filter(({ file }) => file >= 0 && sources[file])
    .sort((a, b) => total(b.costs) - total(a.costs));
}

/** @param {number[][]} lines @returns {Map<number, Cost>} */
function costsOf(lines) {
  return new Map(lines.map(([line, suspended, running, visits, stalls, held]) =>
    [line, { line, suspended, running, visits, stalls, held }]));
}

/** @param {Map<number, Cost>} costs */
function total(costs) {
  let sum = 0;
  for (const { suspended, running } of costs.values()) sum += suspended + running;
  return sum;
}

/**
 * The next step after another one that went on at a line, began there, or held the loop there;
 * -1 for none.
 * @param {Recording} recording
 * @param {{file: number, line: number}} where
 * @param {number} after
 */
export function nextVisit(recording, where, after) {
  const { steps, tasks } = recording;
  const { steps: stalled, waits } = lineMark(recording, where);
  for (let each = 1; each <= steps.count; each++) {
    const step = (Math.max(after, -1) + each) % steps.count;
    const row = steps.row[step];
    if (stalled.has(step)) return step;
    if (steps.wait[step] && waits.has(steps.wait[step])) return step;
    if (row >= 0 && tasks.firstStep[row] === step && isAt(recording, tasks.coroutine[row], where)) return step;
  }
  return -1;
}

class SourceView {
  /**
   * @param {HTMLElement} root
   * @param {Recording} recording
   * @param {Shared} shared
   * @param {{file: number, costs: Map<number, Cost>}[]} files
   */
  constructor(root, recording, shared, files) {
    this.root = root;
    this.recording = recording;
    this.shared = shared;
    this.files = files;
    this.current = 0;
    this.wanted = 0;
    this.wasSeen = false;
    /** @type {Map<number, HTMLElement>} */
    this.rows = new Map();
  }

  begin() {
    this.body = el("div", { class: "source-body", tabindex: "0", role: "group", "aria-label": "Lines" });
    fill(this.root, this.makeChoice(), this.body);
    this.draw();
    // Nothing has a place while the view is hidden: what is to be shown waits until it is not.
    new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting && this.wanted) this.scrollTo(this.wanted);
      else if (entry.isIntersecting && !this.wasSeen) this.scrollTo(this.firstLine());
      this.wasSeen ||= entry.isIntersecting;
    }).observe(this.body);
    this.shared.subscribe((changed, state) => {
      if (changed.has("line") && state.line) this.show(state.line);
      else if (changed.has("step") && state.step >= 0) this.follow(state.step);
    });
    const { line, step } = this.shared.state;
    if (line) this.show(line);
    if (step >= 0) this.follow(step);
  }

  makeChoice() {
    const options = this.files.map(({ file, costs }, at) => el(
      "option", { value: String(at) },
      `${pathText(this.recording, file)} (${duration(total(costs))})`,
    ));
    this.choice = el("select", { "aria-label": "File" }, ...options);
    this.choice.addEventListener("change", () => {
      this.current = Number(this.choice?.value);
      this.draw();
    });
    const hint = "A line's number marks its waits in the timeline and leads to its next visit.";
    return el("div", { class: "source-bar" }, this.choice, el("span", { class: "hint" }, hint));
  }

  draw() {
    const { file, costs } = this.files[this.current];
    const lines = this.recording.sources[file].split(/\r\n|\r|\n/u).map((line) => line.slice(0, LONGEST_LINE));
    if (lines.length > 1 && lines.at(-1) === "") lines.pop();
    const tokens = tokensOf(lines);
    const most = [...costs.values()].reduce((found, { suspended }) => Math.max(found, suspended), 1);
    this.rows.clear();
    const rows = shownLines(lines.length, costs).map((line) => {
      const row = this.makeRow(file, line, tokens[line - 1], costs.get(line), most);
      this.rows.set(line, row);
      return row;
    });
    const heads = ["suspended", "running", "visits", "stalls", "line"].map((text) =>
      el("th", { scope: "col" }, text));
    const head = el("thead", {}, el("tr", {}, ...heads, el("th", { scope: "col", class: "code" }, "source")));
    if (this.body) fill(this.body, el("table", { class: "source-table" }, head, el("tbody", {}, ...rows)));
  }

  /**
   * @param {number} file
   * @param {number} line
   * @param {import("./listing.js").Token[]} tokens
   * @param {Cost | undefined} cost
   * @param {number} most the longest time any line was suspended
   */
  makeRow(file, line, tokens, cost, most) {
    const parts = tokens.map(({ kind, text }) => (kind ? el("span", { class: kind }, text) : text));
    const number = cost ? this.lineButton(file, line) : String(line);
    const cells = costCells(cost);
    const row = el(
      "tr", { class: cost?.stalls ? "stalls" : "" },
      ...cells.map((text) => el("td", {}, text)),
      el("th", { scope: "row", class: "number" }, number),
      el("td", { class: "code" }, el("code", {}, ...parts)),
    );
    if (cost?.suspended) {
      const share = `${Math.max(1, Math.round((cost.suspended / most) * 100))}%`;
      /** @type {HTMLElement} */ (row.firstElementChild).style.setProperty("--share", share);
    }
    return row;
  }

  /**
   * @param {number} file
   * @param {number} line
   */
  lineButton(file, line) {
    const made = el("button", { type: "button", class: "link", "aria-label": `Line ${line}, next visit` }, String(line));
    made.addEventListener("click", () => {
      const where = { file, line };
      const step = nextVisit(this.recording, where, this.shared.state.step);
      this.shared.set({ line: where });
      if (step >= 0) this.shared.selectStep(step, this.recording);
    });
    return made;
  }

  /** @param {{file: number, line: number}} where */
  show({ file, line }) {
    const at = this.files.findIndex((one) => one.file === file);
    if (at < 0) return;
    if (at !== this.current) {
      this.current = at;
      if (this.choice) this.choice.value = String(at);
      this.draw();
    }
    for (const row of this.rows.values()) row.classList.remove("shown");
    this.rows.get(line)?.classList.add("shown");
    this.wanted = line;
    this.scrollTo(line);
  }

  /** The first line that cost anything. */
  firstLine() {
    return [...this.files[this.current].costs.keys()].reduce((first, line) => Math.min(first, line), Infinity);
  }

  /** @param {number} line */
  scrollTo(line) {
    const row = this.rows.get(line);
    if (!row || !this.body?.clientHeight) return;
    const top = row.offsetTop - this.body.scrollTop;
    if (top < 30 || top > this.body.clientHeight - 40) {
      this.body.scrollTop = row.offsetTop - this.body.clientHeight / 2;
    }
  }

  /**
   * Shows the line that a step is about, unless the chosen line is one that led there.
   * @param {number} step
   */
  follow(step) {
    const { steps, awaits, places } = this.recording;
    if (steps.row[step] < 0) return;
    const { line, file } = places[mainPlace(this.recording, step)];
    const chosen = this.shared.state.line;
    const stack = steps.waitBegin[step] >= 0 ? awaits[steps.wait[step]].stack : [];
    const isChosen = stack.some((one) => chosen && places[one].file === chosen.file && places[one].line === chosen.line);
    if (line && !isChosen) this.show({ file, line });
  }
}

/** @param {Cost | undefined} cost */
function costCells(cost) {
  if (!cost) return ["", "", "", ""];
  const held = cost.stalls ? `${count(cost.stalls)}× ${duration(cost.held)}` : "";
  return [
    cost.suspended ? duration(cost.suspended) : "",
    cost.running ? duration(cost.running) : "",
    cost.visits ? count(cost.visits) : "",
    held,
  ];
}

/**
 * @param {number} lineCount
 * @param {Map<number, Cost>} costs
 * @returns {number[]}
 */
function shownLines(lineCount, costs) {
  const all = Array.from({ length: lineCount }, (_, at) => at + 1);
  if (lineCount <= MOST_LINES) return all;
  const near = new Set([...costs.keys()].flatMap((line) =>
    Array.from({ length: 2 * AROUND + 1 }, (_, at) => line - AROUND + at)));
  return all.filter((line) => near.has(line)).slice(0, MOST_LINES);
}
