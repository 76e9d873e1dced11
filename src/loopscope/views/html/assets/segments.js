// What each row shows, as segments without a gap: where one ends the next one begins.

import { Fate, StepEnd, Wake, isOwnWork } from "./recording.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./axes.js").Axis} Axis */

/**
 * What a segment shows. HELD is a task whose step goes on after an eager task that it started;
 * IDLE and CALLBACK (asyncio's own work) are only in the lanes of loops.
 * @enum {number}
 */
export const State = {
  RUNNING: 0, STALLED: 1, READY: 2, SLEEP: 3, IO: 4, SYNC: 5, TASK: 6, HELD: 7, IDLE: 8, CALLBACK: 9,
  NONE: 10,
};
export const STATE_COUNT = 11;
/** States in which a task or a loop runs. */
export const isRunning = (/** @type {number} */ state) => state <= State.STALLED;
/** States in which a task is suspended. */
export const isSuspended = (/** @type {number} */ state) => state >= State.SLEEP && state <= State.TASK;

/** @type {Record<string, number>} */
const STATE_OF_KIND = {
  sleep: State.SLEEP, yield: State.SLEEP,
  io: State.IO, executor: State.IO, subprocess: State.IO,
  task: State.TASK,
};

/**
 * Rows of segments: one of a task, or one for each loop.
 * @typedef {object} Segments
 * @property {number} count
 * @property {Float64Array} start  on the axis; those of a row never fall
 * @property {Uint8Array} state
 * @property {Int32Array} step  the step that ran or was ready, or that ended the wait; the last
 *   step of a task whose wait had not ended; -1 where there is none
 * @property {Uint32Array} wait  what a suspended segment waits for (index of `awaits`)
 * @property {Int32Array} first  where each row begins; one more for the end of the last
 * @property {Float64Array} ran  sums over the row's segments before each: running
 * @property {Float64Array} stalled
 * @property {Float64Array} waited  ready
 */

/** A running segment without length counts this share of the axis, so that it is seen. */
const LEAST_SHARE = 1e-12;

class Builder {
  /** @param {number} most @param {number} rows */
  constructor(most, rows) {
    this.count = 0;
    this.start = new Float64Array(most);
    this.state = new Uint8Array(most);
    this.step = new Int32Array(most);
    this.wait = new Uint32Array(most);
    this.first = new Int32Array(rows + 1);
  }

  /** @param {number} start @param {number} state @param {number} step @param {number} wait */
  add(start, state, step, wait = 0) {
    const at = this.count++;
    this.start[at] = start;
    this.state[at] = state;
    this.step[at] = step;
    this.wait[at] = wait;
  }

  /** @param {number} least @returns {Segments} */
  finish(least) {
    const { count } = this;
    const done = {
      count, first: this.first,
      start: this.start.subarray(0, count), state: this.state.subarray(0, count),
      step: this.step.subarray(0, count), wait: this.wait.subarray(0, count),
    };
    return { ...done, ...sums(done.start, done.state, least) };
  }
}

/** @param {Float64Array} start @param {Uint8Array} state @param {number} least */
function sums(start, state, least) {
  const ran = new Float64Array(start.length + 1);
  const stalled = new Float64Array(start.length + 1);
  const waited = new Float64Array(start.length + 1);
  let [a, b, c] = [0, 0, 0];
  for (let i = 0; i < start.length; i++) {
    const length = i + 1 < start.length ? start[i + 1] - start[i] : 0;
    if (state[i] === State.RUNNING || state[i] === State.CALLBACK) a += Math.max(length, least);
    else if (state[i] === State.STALLED) b += Math.max(length, least);
    else if (state[i] === State.READY) c += length;
    ran[i + 1] = a;
    stalled[i + 1] = b;
    waited[i + 1] = c;
  }
  return { ran, stalled, waited };
}

/**
 * The state of a task that waits, by what it waits for.
 * @param {Recording} recording
 */
export function waitStates({ awaits }) {
  return awaits.map((one) => STATE_OF_KIND[one.kind] ?? State.SYNC);
}

/**
 * Makes the segments of one task.
 * @param {Recording} recording
 * @param {Axis} axis
 * @param {number[]} stateOfWait  as `waitStates` has them
 * @param {number} task
 * @returns {Segments} of a single row
 */
export function taskSegments(recording, axis, stateOfWait, task) {
  const { firstStep } = recording.tasks;
  let count = 0;
  for (let step = firstStep[task]; step >= 0; step = recording.steps.next[step]) count++;
  const built = new Builder(3 * count + 4, 1);
  addTask(recording, axis, built, stateOfWait, task);
  built.first[1] = built.count;
  return built.finish((axis.end - axis.begin) * LEAST_SHARE);
}

/**
 * @param {Recording} recording
 * @param {Axis} axis
 * @param {Builder} built
 * @param {number[]} stateOfWait
 * @param {number} row
 */
function addTask({ tasks, steps, info }, axis, built, stateOfWait, row) {
  let step = tasks.firstStep[row];
  if (step < 0) {
    built.add(axis.position(tasks.created[row]), State.READY, -1);
    built.add(axis.position(tasks.ended[row]), State.NONE, -1);
    return;
  }
  if (steps.waitBegin[step] >= 0) {
    built.add(axis.position(steps.waitBegin[step]), stateOfWait[steps.wait[step]], step, steps.wait[step]);
  }
  for (let last = -1; step >= 0; last = step, step = steps.next[step]) {
    const begin = axis.stepBegin[step];
    if (steps.wake[step] !== Wake.RESUMED) {
      const after = last < 0 ? -Infinity : axis.stepEnd[last];
      const ready = Math.max(axis.readyAt(step), after);
      if (ready < begin) built.add(ready, State.READY, step);
    }
    const held = steps.end[step] - steps.begin[step];
    built.add(begin, held >= info.stallNs ? State.STALLED : State.RUNNING, step);
    addRest({ tasks, steps }, axis, built, stateOfWait, row, step);
  }
}

/**
 * Adds what comes between the end of a step and the moment the next one is ready.
 * @param {{tasks: Recording["tasks"], steps: Recording["steps"]}} recording
 * @param {Axis} axis
 * @param {Builder} built
 * @param {number[]} stateOfWait
 * @param {number} row
 * @param {number} step
 */
function addRest({ tasks, steps }, axis, built, stateOfWait, row, step) {
  const end = axis.stepEnd[step];
  const next = steps.next[step];
  const wait = steps.what[step];
  if (steps.how[step] === StepEnd.INTERRUPTED) built.add(end, State.HELD, step);
  else if (next >= 0) built.add(end, stateOfWait[steps.wait[next]], next, steps.wait[next]);
  else if (steps.how[step] === StepEnd.SUSPENDED && isOpen(tasks.fate[row])) {
    built.add(end, stateOfWait[wait], step, wait);
    built.add(Math.max(end, axis.position(tasks.ended[row])), State.NONE, -1);
  } else built.add(end, State.NONE, -1);
}

/** @param {number} fate */
function isOpen(fate) {
  return fate === Fate.PENDING || fate === Fate.ABANDONED;
}

/**
 * Makes the segments of the loops' lanes: what the one thread of each did.
 * @param {Recording} recording
 * @param {Axis} axis
 * @returns {Segments}
 */
export function loopSegments(recording, axis) {
  const { loops, steps, turns } = recording;
  const built = new Builder(3 * steps.count + 2 * turns.count + loops.length, loops.length);
  const { stepBegin, stepEnd } = axis;
  loops.forEach((loop, row) => {
    for (const run of loop.runs) {
      for (let i = run.firstStep; i < run.stopStep; i++) {
        const turn = steps.turn[i];
        if (turn >= 0 && turns.firstStep[turn] === i) {
          built.add(Math.min(axis.position(turns.idleBegin[turn]), stepBegin[i]), State.IDLE, i);
        }
        built.add(stepBegin[i], stateOfStep(recording, i), i);
        built.add(stepEnd[i], State.NONE, -1);
      }
    }
    built.first[row + 1] = built.count;
  });
  return built.finish((axis.end - axis.begin) * LEAST_SHARE);
}

/**
 * What the loop did in a step: ran a task or a callback of the program, or asyncio's own work.
 * @param {Recording} recording
 * @param {number} step
 */
function stateOfStep(recording, step) {
  const { steps, info } = recording;
  if (steps.end[step] - steps.begin[step] >= info.stallNs) return State.STALLED;
  return isOwnWork(recording, step) ? State.CALLBACK : State.RUNNING;
}
