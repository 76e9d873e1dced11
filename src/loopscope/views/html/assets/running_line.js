// Which lines of source a beat is about: where the step went on, where it stopped, who waits where.

import { StepEnd } from "./recording.js";
import { duration } from "./units.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./loop_state.js").LoopState} LoopState
 * @typedef {{line: number, mark: "from" | "running" | "stalled" | "waits", note: string}} Mark
 * @typedef {{file: number, line: number, marks: Mark[]}} BeatLines
 */

const MOST_NAMES = 2;

/**
 * The file and the line to show for a beat, and what to mark in that file.
 * @param {Recording} recording
 * @param {number} beat a step, or ~turn for an idle time
 * @param {LoopState} state
 * @returns {BeatLines}  `file` is -1 where no source is known
 */
export function linesOfBeat(recording, beat, state) {
  const { places, sources } = recording;
  const [from, at] = beat >= 0 ? placesOfStep(recording, beat) : [0, placeOfIdle(recording, state)];
  const shown = [at, from].find((place) => places[place].line && sources[places[place].file]);
  if (!shown) return { file: -1, line: 0, marks: [] };
  const { file, line } = places[shown];
  /** @type {Mark[]} */
  const marks = waitMarks(recording, state, file);
  if (beat >= 0) {
    if (from && places[from].file === file) {
      marks.push({ line: places[from].line, mark: "from", note: "" });
    }
    const stall = recording.stalls.find((one) => one.steps.includes(beat));
    const held = recording.steps.end[beat] - recording.steps.begin[beat];
    const note = stall ? `held the loop ${duration(held)}` : "";
    marks.push({ line, mark: stall ? "stalled" : "running", note });
  }
  return { file, line, marks };
}

/**
 * Where a step went on from, and the line that says most of what it did.
 * @param {Recording} recording
 * @param {number} step
 * @returns {[number, number]} places, 0 for none
 */
function placesOfStep({ steps, tasks, awaits, stalls, failures }, step) {
  const row = steps.row[step];
  if (row < 0) return [0, steps.how[step] === StepEnd.CALLBACK ? steps.what[step] : 0];
  const from = steps.waitBegin[step] >= 0 ? awaits[steps.wait[step]].place : tasks.coroutine[row];
  const stall = stalls.find((one) => one.steps.includes(step));
  if (stall) return [from, stall.place];
  const how = steps.how[step];
  if (how === StepEnd.SUSPENDED) return [from, awaits[steps.what[step]].place];
  const failure = how === StepEnd.RAISED ? failures.find((one) => one.row === row) : undefined;
  return [from, failure?.place || from];
}

/**
 * The line that says most of what a step did, 0 for none.
 * @param {Recording} recording
 * @param {number} step
 */
export function mainPlace(recording, step) {
  const [from, at] = placesOfStep(recording, step);
  return at || from;
}

/**
 * The line of whoever is woken next: what an idle time is about.
 * @param {Recording} recording
 * @param {LoopState} state
 */
function placeOfIdle({ steps, awaits }, state) {
  const [first] = state.ready;
  return first && first.row >= 0 ? awaits[steps.wait[first.step]].place : 0;
}

/**
 * @param {Recording} recording
 * @param {LoopState} state
 * @param {number} file
 * @returns {Mark[]}
 */
function waitMarks({ awaits, places, tasks }, state, file) {
  /** @type {Map<number, string[]>} */
  const names = new Map();
  for (const { row, awaited } of [...state.timers, ...state.waiting]) {
    const { place } = awaits[awaited];
    const { line } = places[place];
    if (!line || places[place].file !== file) continue;
    const known = names.get(line);
    if (known) known.push(tasks.name[row]);
    else names.set(line, [tasks.name[row]]);
  }
  return [...names].map(([line, who]) => {
    const note = who.length > MOST_NAMES ? `${who.length} tasks` : who.join(", ");
    return { line, mark: "waits", note: `❚❚ ${note}` };
  });
}
