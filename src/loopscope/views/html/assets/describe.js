// Segments in words: inside a bar, in a tooltip, for a screen reader.

import { Fate, Wake } from "./recording.js";
import { State, isRunning, isSuspended } from "./segments.js";
import { duration } from "./units.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./segments.js").Segments} Segments */

const FATES = { [Fate.PENDING]: "still alive at the end", [Fate.RETURNED]: "returned",
  [Fate.RAISED]: "raised", [Fate.CANCELLED]: "was cancelled", [Fate.ABANDONED]: "was destroyed while pending" };
const WAKERS = { [Wake.TIMER]: "a timer", [Wake.IO]: "I/O", [Wake.THREAD]: "a worker thread",
  [Wake.OUTSIDE]: "code outside the loop" };

/**
 * What a suspended segment is labelled with: "sleep :5".
 * @param {Recording} recording
 * @param {number} wait
 */
export function waitLabel({ awaits, places }, wait) {
  const { label, place } = awaits[wait];
  return places[place].line ? `${label} :${places[place].line}` : label;
}

/**
 * The coroutine of a task, where its name does not say it: "worker-1 · work".
 * @param {Recording} recording
 * @param {number} task
 */
export function taskTitle({ tasks, places }, task) {
  const name = tasks.name[task];
  const own = places[tasks.coroutine[task]].function.split(".").pop() ?? "";
  return own && !name.startsWith(own) ? `${name} · ${own}` : name;
}

/**
 * What a step is called: its task's name, or the callback's.
 * @param {Recording} recording
 * @param {number} step
 */
export function stepTitle({ steps, tasks, places }, step) {
  const row = steps.row[step];
  return row >= 0 ? tasks.name[row] : places[steps.what[step]]?.function || "a callback";
}

/**
 * One sentence or two about a segment, for people who cannot see it.
 * @param {Recording} recording
 * @param {Segments} segments
 * @param {number} at
 * @returns {string[]} lines
 */
export function describeSegment(recording, segments, at) {
  const { steps, awaits, places } = recording;
  const step = segments.step[at];
  const state = segments.state[at];
  if (step < 0) return state === State.READY ? ["created, never ran"] : [];
  const ran = duration(steps.end[step] - steps.begin[step]);
  if (state === State.RUNNING || state === State.STALLED || state === State.CALLBACK) {
    const what = state === State.STALLED ? `held the loop for ${ran}` : `ran for ${ran}`;
    return [`${stepTitle(recording, step)} ${what}`, `began at ${duration(steps.begin[step])}`, wokenBy(recording, step)];
  }
  if (state === State.READY) {
    return [`ready, waiting for the loop: ${duration(steps.begin[step] - steps.due[step])}`, wokenBy(recording, step)];
  }
  if (state === State.IDLE) return [idleText(recording, step)];
  if (!isSuspended(state)) return state === State.HELD ? ["inside an eager task that it started"] : [];
  const { phrase, place, code } = awaits[segments.wait[at]];
  const isOver = !isOpenWait(recording, segments, at);
  const where = places[place].line ? ` at ${places[place].short}` : "";
  return [`waits for ${phrase}${where}: ${duration(waitedNs(recording, segments, at))}${isOver ? "" : ", never ended"}`, code];
}

/**
 * How long a suspended segment lasted, in ns.
 * @param {Recording} recording
 * @param {Segments} segments
 * @param {number} at
 */
export function waitedNs(recording, segments, at) {
  const { steps, tasks } = recording;
  const step = segments.step[at];
  if (isOpenWait(recording, segments, at)) return tasks.ended[steps.row[step]] - steps.end[step];
  return steps.due[step] - steps.waitBegin[step];
}

/** @param {Recording} recording @param {number} step */
function idleText({ steps, turns }, step) {
  const turn = steps.turn[step];
  return `idle for ${duration(turns.idleEnd[turn] - turns.idleBegin[turn])}: nobody was ready`;
}

/**
 * Whether a wait had not ended when the recording did: it comes after the task's last step.
 * @param {Recording} recording
 * @param {Segments} segments
 * @param {number} at
 */
function isOpenWait({ steps }, { step, state }, at) {
  const before = at > 0 ? state[at - 1] : State.NONE;
  return isRunning(before) && step[at] === step[at - 1] && steps.next[step[at]] < 0;
}

/** @param {Recording} recording @param {number} step */
function wokenBy({ steps, tasks }, step) {
  const waker = steps.waker[step];
  if (waker >= 0 && steps.row[waker] >= 0) return `woken by ${tasks.name[steps.row[waker]]}`;
  const origin = WAKERS[steps.origin[step]];
  return origin ? `woken by ${origin}` : "";
}

/**
 * How a task ended, with what was raised.
 * @param {Recording} recording
 * @param {number} task
 */
export function fateOf({ tasks, failures }, task) {
  const failure = failures.find((one) => one.row === task);
  const raised = failure && tasks.fate[task] === Fate.RAISED ? ` ${failure.exception}` : "";
  return FATES[tasks.fate[task]] + raised;
}
