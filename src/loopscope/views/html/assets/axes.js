// The two axes: time, and turns of the loop, each as wide as the next.
//
// On a time axis microseconds of running vanish beside seconds of waiting. On the axis of turns
// every turn is 1 wide: its idle time first, then its steps, all equally wide.

import { isOwnWork } from "./recording.js";
import { lastUpTo } from "./search_sorted.js";

/** @typedef {import("./recording.js").Recording} Recording */
/**
 * @typedef {object} Axis
 * @property {"time" | "turns"} name
 * @property {number} begin
 * @property {number} end
 * @property {number} least  the smallest range that can be shown
 * @property {ArrayLike<number>} stepBegin  where each step begins
 * @property {ArrayLike<number>} stepEnd
 * @property {(step: number) => number} readyAt  where a step became ready
 * @property {(ns: number) => number} position
 * @property {(position: number) => number} time  the inverse, in ns
 */

const LEAST_IDLE_NS = 20_000; // a look for I/O that does not wait takes some time, too
const IDLE_SHARE = 0.36;
const QUIET_IDLE_SHARE = 0.68; // of a turn in which only asyncio itself runs
const LOOK_SHARE = 0.06;
const STEP_SHARE = 0.88;

/** @param {Recording} recording @returns {Axis} */
export function timeAxis({ begin, end, steps }) {
  const margin = (end - begin) * 0.005;
  return {
    name: "time",
    begin: begin - margin,
    end: end + margin,
    least: 200,
    stepBegin: steps.begin,
    stepEnd: steps.end,
    readyAt: (step) => steps.due[step],
    position: (ns) => ns,
    time: (position) => position,
  };
}

/** @param {Recording} recording @returns {Axis} */
export function turnAxis(recording) {
  const { steps } = recording;
  const points = new Points(recording.begin);
  const stepBegin = new Float64Array(steps.count).fill(NaN);
  const stepEnd = new Float64Array(steps.count).fill(NaN);
  const last = layTurns(recording, points, stepBegin, stepEnd);
  points.add(recording.end, last + 0.25);
  const position = points.position.bind(points);
  for (let i = 0; i < steps.count; i++) {
    if (!Number.isNaN(stepBegin[i])) continue; // a step of another loop
    stepBegin[i] = position(steps.begin[i]);
    stepEnd[i] = position(steps.end[i]);
  }
  const axis = { name: /** @type {const} */ ("turns"), begin: -0.15, end: last + 0.25, least: 0.02 };
  return { ...axis, stepBegin, stepEnd, position, time: points.time.bind(points),
    readyAt: (step) => readyAt(recording, stepBegin, stepEnd, points, step) };
}

/**
 * Gives the turns of the most important loop their places.
 * @param {Recording} recording
 * @param {Points} points
 * @param {Float64Array} stepBegin
 * @param {Float64Array} stepEnd
 * @returns {number} where the last turn ends
 */
function layTurns(recording, points, stepBegin, stepEnd) {
  const { loops, steps, turns } = recording;
  let turn = 0;
  for (const run of loops[0]?.runs ?? []) {
    for (let first = run.firstStep; first < run.stopStep; turn++) {
      const number = steps.turn[first];
      let stop = first + 1;
      while (stop < run.stopStep && steps.turn[stop] === number) stop++;
      const share = idleShare(recording, number, first, stop);
      if (number >= 0) {
        points.add(turns.idleBegin[number], turn);
        points.add(turns.idleEnd[number], turn + share);
      }
      const slot = (1 - share) / (stop - first);
      for (let i = first; i < stop; i++) {
        stepBegin[i] = turn + share + (i - first) * slot;
        stepEnd[i] = stepBegin[i] + slot * STEP_SHARE;
        points.add(steps.begin[i], stepBegin[i]);
        points.add(steps.end[i], stepEnd[i]);
      }
      first = stop;
    }
  }
  return turn;
}

/**
 * How much of a turn's width its idle time takes.
 * @param {Recording} recording
 * @param {number} turn
 * @param {number} first  the first step of the turn
 * @param {number} stop
 */
function idleShare(recording, turn, first, stop) {
  const { idleBegin, idleEnd } = recording.turns;
  if (turn < 0 || idleEnd[turn] - idleBegin[turn] < LEAST_IDLE_NS) return LOOK_SHARE;
  for (let i = first; i < stop; i++) if (!isOwnWork(recording, i)) return IDLE_SHARE;
  return QUIET_IDLE_SHARE;
}

/**
 * A step that another one woke became ready within that one; else when the loop noticed it.
 * @param {Recording} recording
 * @param {Float64Array} stepBegin
 * @param {Float64Array} stepEnd
 * @param {Points} points
 * @param {number} step
 */
function readyAt({ steps }, stepBegin, stepEnd, points, step) {
  const waker = steps.waker[step];
  if (waker < 0) return Math.min(points.position(steps.due[step]), stepBegin[step]);
  if (steps.due[step] < steps.begin[waker]) return points.position(steps.due[step]);
  const length = steps.end[waker] - steps.begin[waker];
  const share = length > 0 ? (steps.ready[step] - steps.begin[waker]) / length : 1;
  const inside = stepBegin[waker] + Math.min(Math.max(share, 0), 1) * (stepEnd[waker] - stepBegin[waker]);
  return Math.min(inside, stepBegin[step]);
}

/** Pairs of time and position, both never falling; between two of them all is straight. */
class Points {
  /** @param {number} begin */
  constructor(begin) {
    /** @type {number[]} */
    this.times = [begin];
    /** @type {number[]} */
    this.positions = [-0.15];
  }

  /** @param {number} time @param {number} position */
  add(time, position) {
    const last = this.times.length - 1;
    this.times.push(Math.max(time, this.times[last]));
    this.positions.push(Math.max(position, this.positions[last]));
  }

  /** @param {number} time */
  position(time) {
    return between(this.times, this.positions, time);
  }

  /** @param {number} position */
  time(position) {
    return between(this.positions, this.times, position);
  }
}

/** @param {number[]} from @param {number[]} to @param {number} value */
function between(from, to, value) {
  const at = lastUpTo(from, value);
  if (at < 0) return to[0];
  if (at + 1 >= from.length) return to[at];
  return to[at] + ((value - from[at]) / (from[at + 1] - from[at])) * (to[at + 1] - to[at]);
}

const ROUND = [1, 2, 5, 10];

/**
 * How far apart marks on the axis are, so that at most `most` of them are in a range.
 * @param {number} range
 * @param {number} most
 * @param {number} least
 */
export function markDistance(range, most, least) {
  const power = 10 ** Math.floor(Math.log10(range / most));
  const factor = ROUND.find((one) => range / (power * one) <= most) ?? 10;
  return Math.max(power * factor, least);
}
