// Draws what the loop has before it: the ready queue, the timers, who waits for what.

import { el, fill } from "./dom.js";
import { placeLink } from "./pieces.js";
import { clockText, pieceText } from "./step_story.js";
import { count } from "./units.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./shared.js").Shared} Shared
 * @typedef {import("./loop_state.js").LoopState} LoopState
 * @typedef {import("./loop_state.js").ReadyEntry} ReadyEntry
 * @typedef {import("./loop_state.js").WaitingEntry} WaitingEntry
 */

const MOST_SHOWN = 24;

/** Which stroke and colour a kind of wait has. */
const FAMILY = new Map([
  ["sleep", "sleep"], ["yield", "sleep"],
  ["io", "io"], ["executor", "io"], ["subprocess", "io"],
  ["task", "task"], ["future", "task"],
]);

/**
 * Draws a state.
 * @param {HTMLElement} root
 * @param {LoopState} state
 * @param {Recording} recording
 * @param {Shared} shared
 * @param {{ hidesQueue: boolean }} options
 */
export function drawState(root, state, recording, shared, { hidesQueue }) {
  const { time, ready, timers, waiting, overCount, notYetCount } = state;
  const queue = part("Ready, next first", "queue", "nobody is ready", ready,
    (entry) => readyChip(entry, recording, shared));
  fill(
    root,
    ...(hidesQueue ? [] : [queue]),
    part("Sleeping, with the time their timer is due", "timers", "no timer", timers,
      (entry) => timerItem(entry, time, recording, shared)),
    part("Waiting", "waiting", "nobody waits", waiting, (entry) => waitItem(entry, recording, shared)),
    el("p", { class: "counts" }, `Done: ${count(overCount)}. Not yet made: ${count(notYetCount)}.`),
  );
}

/**
 * @template Entry
 * @param {string} title
 * @param {string} kind
 * @param {string} otherwise
 * @param {Entry[]} entries
 * @param {(entry: Entry) => HTMLElement} draw
 */
function part(title, kind, otherwise, entries, draw) {
  const shown = entries.slice(0, MOST_SHOWN).map(draw);
  const more = entries.length - shown.length;
  if (more > 0) shown.push(el("li", { class: "more" }, `and ${count(more)} more`));
  const body = shown.length
    ? el("ol", { class: `entries ${kind}` }, ...shown)
    : el("p", { class: "none" }, otherwise);
  return el("section", { class: "part" }, el("h3", {}, `${title} (${count(entries.length)})`), body);
}

/**
 * @param {ReadyEntry} entry
 * @param {Recording} recording
 * @param {Shared} shared
 */
function readyChip({ row, step, via, isNew }, recording, shared) {
  const notes = via >= 0 ? ["through a callback"] : [];
  if (isNew) notes.push("new");
  return chip("ready", row, step, notes, recording, shared);
}

/**
 * @param {WaitingEntry} entry
 * @param {number} now
 * @param {Recording} recording
 * @param {Shared} shared
 */
function timerItem(entry, now, recording, shared) {
  const { row, due, awaited, isNew } = entry;
  const notes = [clockText(recording, due)];
  if (recording.awaits[awaited].kind !== "sleep") notes.push(recording.awaits[awaited].label);
  if (due < now) notes.push("overdue: the loop has not looked yet");
  if (isNew) notes.push("new");
  return chip("sleep", row, -1, notes, recording, shared);
}

/**
 * @param {WaitingEntry} entry
 * @param {Recording} recording
 * @param {Shared} shared
 */
function waitItem({ row, awaited, since, next, isNew }, recording, shared) {
  const { kind, phrase, place } = recording.awaits[awaited];
  const item = chip(FAMILY.get(kind) ?? "sync", row, -1, isNew ? ["new"] : [], recording, shared);
  const where = place ? [" at ", placeLink(place, recording, shared)] : [];
  const until = next >= 0 ? "" : ", for good";
  item.append(el(
    "span", { class: "for" }, `waits for ${phrase || "something"}`, ...where,
    el("span", { class: "since" }, ` since ${clockText(recording, since)}${until}`),
  ));
  return item;
}

/**
 * A task or callback, which selects the task or its next step.
 * @param {string} kind
 * @param {number} row
 * @param {number} step
 * @param {string[]} notes
 * @param {Recording} recording
 * @param {Shared} shared
 */
function chip(kind, row, step, notes, recording, shared) {
  const piece = row >= 0 ? { row } : { place: recording.steps.what[step] };
  const name = row >= 0 ? pieceText(recording, piece) : recording.places[recording.steps.what[step]].function;
  const made = el("button", { type: "button", class: `chip ${kind}` }, el("bdi", {}, name));
  for (const note of notes) made.append(el("small", { class: note === "new" ? "new" : "" }, note));
  if (row >= 0) made.addEventListener("click", () => shared.set({ task: row }));
  else made.addEventListener("click", () => shared.selectStep(step, recording));
  return el("li", {}, made);
}
