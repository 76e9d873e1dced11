// The timeline as a table: what each task did in the visible range, in order of time.

import { el, fill } from "./dom.js";
import { Origin, StepEnd } from "./recording.js";
import { clockText } from "./step_story.js";
import { table } from "./tables.js";
import { duration } from "./units.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./shared.js").Shared} Shared
 * @typedef {{begin: number, end: number, row: number, state: string, what: string, place: number}} Row
 */

const MOST_ROWS = 300;

/**
 * The rows of the table: waits, ready times and steps of tasks that touch a range of time.
 * @param {Recording} recording
 * @param {number} from
 * @param {number} to
 * @returns {{rows: Row[], total: number}}  the first rows, and how many there are
 */
export function segmentsWithin({ steps, awaits, tasks, places }, from, to) {
  /** @type {Row[]} */
  const rows = [];
  let total = 0;
  const add = (/** @type {Row} */ row) => {
    if (row.end < from || row.begin > to || (row.begin === row.end && row.state === "ready")) return;
    total++;
    if (rows.length < MOST_ROWS) rows.push(row);
  };
  for (let step = 0; step < steps.count; step++) {
    const row = steps.row[step];
    if (row >= 0 && !tasks.shown[row]) continue;
    const [begin, end, due] = [steps.begin[step], steps.end[step], steps.due[step]];
    const waited = steps.waitBegin[step];
    const { phrase, place } = awaits[steps.wait[step]];
    if (row >= 0 && waited >= 0) add({ begin: waited, end: due, row, state: "suspended", what: phrase, place });
    if (row >= 0) add({ begin: due, end: begin, row, state: "ready", what: "", place: 0 });
    if (row >= 0 || places[steps.what[step]].origin === Origin.USER) {
      const isTask = row >= 0;
      const at = isTask ? place || tasks.coroutine[row] : steps.what[step];
      add({ begin, end, row, state: "running", what: endText(steps.how[step]), place: at });
    }
  }
  return { rows: rows.sort((a, b) => a.begin - b.begin), total };
}

/** @param {number} how */
function endText(how) {
  if (how === StepEnd.RETURNED) return "then returned";
  if (how === StepEnd.RAISED) return "then raised";
  if (how === StepEnd.CANCELLED) return "then was cancelled";
  return "";
}

/**
 * The part of the summary that holds the table; it is only filled while it is open.
 * @param {Recording} recording
 * @param {Shared} shared
 */
export function segmentTable(recording, shared) {
  const place = el("div", {});
  const folded = el("details", { class: "folded" }, el("summary", {}, "What is visible in the timeline, as a table"), place);
  let timer = 0;
  const draw = () => {
    timer = 0;
    if (folded.open) fill(place, makeTable(recording, shared));
  };
  folded.addEventListener("toggle", draw);
  shared.subscribe((changed) => {
    if (!folded.open || timer || !(changed.has("from") || changed.has("to"))) return;
    timer = window.setTimeout(draw, 200);
  });
  return el("section", { class: "summary-part" }, el("h3", {}, "Timeline"), folded);
}

/** @param {Recording} recording @param {Shared} shared */
function makeTable(recording, shared) {
  const { from, to } = shared.state;
  const { rows, total } = segmentsWithin(recording, from, to);
  const cells = rows.map(({ begin, end, row, state, what, place }) => [
    clockText(recording, begin),
    row >= 0 ? recording.tasks.name[row] : `callback ${recording.places[place].function}()`,
    state, duration(end - begin), what, place ? recording.places[place].short : "",
  ]);
  const heads = [
    { name: "from", isNumber: true }, { name: "task" }, { name: "state" }, { name: "for", isNumber: true },
    { name: "what" }, { name: "where" },
  ];
  return table("Visible range of the timeline", heads, cells, total);
}
