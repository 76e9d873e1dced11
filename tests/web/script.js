// Builds a recording by hand for tests: a script of steps, decoded as the page decodes one.

import { pieceText } from "../../src/loopscope/views/html/assets/step_story.js";
import { makeRecording } from "../../src/loopscope/views/html/assets/read_recording.js";
import { Origin, StepEnd, Wake } from "../../src/loopscope/views/html/assets/recording.js";

/**
 * @typedef {object} StepLine
 * @property {string} [task]  name of a task; left out for a callback
 * @property {number[]} times  ready, begin, end
 * @property {number} [wake]
 * @property {number} [by]  index of the step that woke it
 * @property {string} [awaits]  "kind phrase" of the wait that begins at its end; else it returns
 * @property {number} [how]
 * @property {string} [calls]  of a callback: a function of the program; left out for asyncio's own
 */
/** @typedef {{idle: [number, number], steps: StepLine[]}} TurnLine */

const PLACES = [
  [0, "", 0, 0, -1, -1, 0, Origin.STANDARD],
  [1, "main", 1, 1, -1, -1, 1, Origin.USER],
  [2, "_set_result", 9, 9, -1, -1, 9, Origin.STANDARD],
];

/**
 * Makes a recording of one loop.
 * @param {string[]} names  of the tasks
 * @param {TurnLine[]} turns
 * @param {{seed?: number | null}} [info]
 */
export function recordingOf(names, turns, { seed = null } = {}) {
  const steps = turns.flatMap((turn) => turn.steps);
  const awaits = [["", "", "", 0, 0, "", []]];
  const places = [...PLACES];
  const what = steps.map((step) => whatOf(step, awaits, places));
  const end = Math.max(0, ...steps.map((step) => step.times[2]));
  const words = {
    info: { program: "app.py", seed, stallNs: 10e6, totalNs: end },
    names, awaits, places, files: ["", "app.py", "/usr/lib/asyncio/futures.py"], sources: ["", "", ""],
    loops: [{ id: 1, thread: "MainThread", className: "Loop", runs: [[0, end, 0, steps.length]] }],
    objects: [], threads: [], failures: [], stalls: [], waiting: [],
  };
  return makeRecording(columnsOf(names, turns, steps, what), words);
}

/** @param {StepLine} step @param {any[][]} awaits @param {any[][]} places */
function whatOf(step, awaits, places) {
  if (step.task === undefined) {
    if (!step.calls) return 2;
    return places.push([1, step.calls, 5, 5, -1, -1, 5, Origin.USER]) - 1;
  }
  if (!step.awaits) return 0;
  const [kind] = step.awaits.split(" ");
  const phrase = step.awaits.slice(kind.length + 1);
  return awaits.push([kind, kind, phrase, 1, 0, `asyncio.${kind}()`, [1]]) - 1;
}

/** @param {StepLine} step */
function howOf(step) {
  if (step.task === undefined) return StepEnd.CALLBACK;
  return step.how ?? (step.awaits ? StepEnd.SUSPENDED : StepEnd.RETURNED);
}

/**
 * @param {string[]} names
 * @param {TurnLine[]} turns
 * @param {StepLine[]} steps
 * @param {number[]} what
 */
function columnsOf(names, turns, steps, what) {
  const zeros = names.map(() => 0);
  const rowOf = new Map(names.map((name, at) => [name, at]));
  let first = 0;
  const firsts = turns.map((turn) => (first += turn.steps.length) - turn.steps.length);
  const gap = steps.map((step, at) => step.times[1] - (at ? steps[at - 1].times[2] : 0));
  const idleAfter = turns.map(({ idle }, at) => steps[firsts[at]].times[1] - idle[1]);
  turns.forEach(({ idle }, at) => (gap[firsts[at]] -= idle[1] - idle[0] + idleAfter[at]));
  const columns = {
    gap,
    duration: steps.map((step) => step.times[2] - step.times[1]),
    waker: steps.map((step, at) => (step.by === undefined ? 0 : at - step.by)),
    readyIn: steps.flatMap((step) => (step.by === undefined ? [] : [steps[step.by].times[2] - step.times[0]])),
    readyBefore: steps.flatMap((step) => (step.by === undefined ? [step.times[1] - step.times[0]] : [])),
    row: steps.map((step) => (step.task === undefined ? 0 : (rowOf.get(step.task) ?? -2) + 2)),
    how: steps.map(howOf),
    wake: steps.map((step) => step.wake ?? (step.by === undefined ? Wake.OUTSIDE : Wake.STEP)),
    what,
    object: steps.map(() => 0),
    job: steps.map(() => 0),
    turnSteps: firsts.map((value, at) => value - (at ? firsts[at - 1] : 0)),
    idle: turns.map(({ idle }) => idle[1] - idle[0]),
    idleAfter,
    taskId: names.map(() => 1), taskCreated: zeros, taskEnded: zeros, taskFate: zeros,
    taskShown: names.map((name) => (name.startsWith("_") ? 0 : 1)),
    taskCoroutine: names.map(() => 1), taskCreator: zeros, taskParent: zeros,
    jobBegin: [], jobDuration: [], jobPlace: [], path: [],
  };
  return new Map(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]));
}

/**
 * The text of some pieces of a sentence.
 * @param {import("../../src/loopscope/views/html/assets/recording.js").Recording} recording
 * @param {import("../../src/loopscope/views/html/assets/step_story.js").Piece[]} pieces
 */
export function plainText(recording, pieces) {
  return pieces.map((piece) => pieceText(recording, piece)).join("");
}
