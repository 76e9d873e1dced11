// "You are the event loop": what may be chosen as the next thing to happen, and why it is wrong.

import { causeOf, stateAfter } from "./loop_state.js";
import { Wake } from "./recording.js";
import { clockText, idleSentence } from "./step_story.js";

/**
 * @typedef {import("./loop_state.js").LoopIndex} LoopIndex
 * @typedef {import("./loop_state.js").LoopBeats} LoopBeats
 * @typedef {import("./loop_state.js").LoopState} LoopState
 * @typedef {import("./loop_state.js").ReadyEntry} ReadyEntry
 * @typedef {import("./step_story.js").Piece} Piece
 * @typedef {{ row: number, callback: number }} Choice  a task (row), a callback of the program
 *   (its place), or, both -1, "nobody: the loop waits"
 * @typedef {{ isRight: boolean, why: Piece[] }} Verdict
 */

const MOST_CHOICES = 8;

/** @type {Choice} */
export const NOBODY = Object.freeze({ row: -1, callback: -1 });

/**
 * What the viewer may choose from after a beat, in an order that gives nothing away.
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {number} at number of the beat
 * @returns {Choice[]}
 */
export function choicesAfter(index, loop, at) {
  const state = stateAfter(index, loop, at);
  const right = rightChoice(index, loop, at);
  const { what } = index.recording.steps;
  const ready = state.ready.map(({ row, step }) => ({ row, callback: row < 0 ? what[step] : -1 }));
  const waiting = [...state.timers, ...state.waiting].map(({ row }) => ({ row, callback: -1 }));
  const chosen = [right, ...ready, ...waiting].filter((one) => !isNobody(one));
  const different = new Map(chosen.map((one) => [`${one.row} ${one.callback}`, one]));
  const some = [...different.values()].slice(0, MOST_CHOICES);
  const byName = some.sort((a, b) => a.row - b.row || a.callback - b.callback);
  return [...byName, NOBODY];
}

/**
 * What really happened next.
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {number} at
 * @returns {Choice}
 */
export function rightChoice(index, loop, at) {
  const beat = loop.beats[at + 1];
  if (beat === undefined || beat < 0) return NOBODY;
  const { steps } = index.recording;
  const row = steps.row[beat];
  return { row, callback: row < 0 ? steps.what[beat] : -1 };
}

/**
 * Judge a choice.
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {number} at number of the beat before
 * @param {Choice} choice
 * @returns {Verdict}
 */
export function judge(index, loop, at, choice) {
  const right = rightChoice(index, loop, at);
  const state = stateAfter(index, loop, at);
  if (choice.row === right.row && choice.callback === right.callback) {
    return { isRight: true, why: whyRight(index, loop, at, state) };
  }
  if (isNobody(choice)) {
    return { isRight: false, why: ["No: the loop only waits when nothing is ready.", " ",
      "There is somebody in the ready queue."] };
  }
  return { isRight: false, why: whyWrong(index, choice, right, state) };
}

/** @param {Choice} choice */
function isNobody(choice) {
  return choice.row < 0 && choice.callback < 0;
}

/**
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {number} at
 * @param {LoopState} state
 * @returns {Piece[]}
 */
function whyRight(index, loop, at, state) {
  const beat = loop.beats[at + 1];
  if (beat === undefined) return ["Right: nothing is left to do."];
  if (beat < 0) return ["Right. ", ...idleSentence(index, loop, ~beat).pieces];
  if (state.ready.length > 1) return ["Right: it is the first in the ready queue."];
  if (state.ready.length === 1) return ["Right: it is the only one that is ready."];
  return ["Right", ...arrival(index, beat)];
}

/**
 * How somebody came to be ready who was not yet in the queue.
 * @param {LoopIndex} index
 * @param {number} step
 * @returns {Piece[]}
 */
function arrival(index, step) {
  const { kind } = causeOf(index, step);
  if (kind === Wake.TIMER) return [": its timer was due."];
  if (kind === Wake.IO) return [": its I/O had arrived."];
  if (kind === Wake.THREAD) return [": its worker thread had reported."];
  return ["."];
}

/**
 * @param {LoopIndex} index
 * @param {Choice} choice a task or a callback that does not run next
 * @param {Choice} right
 * @param {LoopState} state
 * @returns {Piece[]}
 */
function whyWrong(index, choice, right, state) {
  const who = choice.row >= 0 ? { row: choice.row } : { place: choice.callback };
  const queued = state.ready.find((entry) => entry.row === choice.row);
  if (queued) return whyLater(who, queued, right, state);
  const waiting = [...state.timers, ...state.waiting].find((entry) => entry.row === choice.row);
  if (!waiting) return ["No: ", who, " is not ready."];
  const phrase = index.recording.awaits[waiting.awaited].phrase || "something";
  const until = waiting.isTimer ? `, due at ${clockText(index.recording, waiting.due)}` : "";
  return ["No: ", who, ` is suspended: it waits for ${phrase}${until}. `,
    "Only when that has happened does it join the ready queue."];
}

/**
 * @param {Piece} who
 * @param {ReadyEntry} queued
 * @param {Choice} right
 * @param {LoopState} state
 * @returns {Piece[]}
 */
function whyLater(who, queued, right, state) {
  const before = /** @type {Piece} */ (right.row >= 0 ? { row: right.row } : { place: right.callback });
  if (isNobody(right)) return ["No: ", who, " is not ready yet."];
  const first = state.ready.find((entry) => entry.row === right.row);
  if (queued.via >= 0 && first && first.via < 0) {
    return ["No: ", before, " stands in the ready queue itself; for ", who,
      " only a callback does, which puts it at the end of the queue when it runs."];
  }
  return ["No: ", who, " is ready, but ", before,
    " became ready before it, and the ready queue is first in, first out."];
}
