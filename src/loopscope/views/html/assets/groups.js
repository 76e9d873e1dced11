// Rows that stand for many tasks: how many of them ran, were ready or alive on average in a pixel.

import { lastUpTo } from "./search_sorted.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./axes.js").Axis} Axis */

/** Less than this is what rounding left over. */
const ROUNDING = 1e-6;

/** Sums up how many of some intervals are open: begins and ends sorted, each with running sums. */
class Open {
  /** @param {Float64Array} begins @param {Float64Array} ends */
  constructor(begins, ends) {
    this.begins = begins.sort();
    this.ends = ends.sort();
    this.beginSums = prefix(this.begins);
    this.endSums = prefix(this.ends);
  }

  /** How much of the intervals lies before a position. @param {number} position */
  before(position) {
    const begun = lastUpTo(this.begins, position) + 1;
    const over = lastUpTo(this.ends, position) + 1;
    return begun * position - this.beginSums[begun] - (over * position - this.endSums[over]);
  }
}

/** @param {Float64Array} values */
function prefix(values) {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + values[i];
  return sums;
}

export class Crowd {
  /**
   * @param {Recording} recording
   * @param {Axis} axis
   * @param {number[]} rows  the tasks
   */
  constructor({ steps, tasks, info }, axis, rows) {
    this.size = rows.length;
    /** @type {number[]} */
    const own = [];
    for (const row of rows) {
      for (let step = tasks.firstStep[row]; step >= 0; step = steps.next[step]) own.push(step);
    }
    const isStall = (/** @type {number} */ step) => steps.end[step] - steps.begin[step] >= info.stallNs;
    const of = (/** @type {number[]} */ list, /** @type {(one: number) => number} */ value) => Float64Array.from(list, value);
    const begin = (/** @type {number} */ step) => axis.stepBegin[step];
    const end = (/** @type {number} */ step) => axis.stepEnd[step];
    const quick = own.filter((step) => !isStall(step));
    const stalls = own.filter(isStall);
    this.running = new Open(of(quick, begin), of(quick, end));
    this.stalled = new Open(of(stalls, begin), of(stalls, end));
    this.ready = new Open(of(own, (step) => Math.min(axis.readyAt(step), begin(step))), of(own, begin));
    this.alive = new Open(
      of(rows, (row) => axis.position(tasks.created[row])),
      of(rows, (row) => axis.position(tasks.ended[row])),
    );
  }

  /**
   * How many tasks were in each state from one position to another, on average.
   * @param {number} from
   * @param {number} to
   */
  between(from, to) {
    const length = to - from;
    const mean = (/** @type {Open} */ one) => {
      const share = (one.before(to) - one.before(from)) / length;
      return share > ROUNDING ? share : 0;
    };
    return { running: mean(this.running), stalled: mean(this.stalled), ready: mean(this.ready), alive: mean(this.alive) };
  }

  /** Whether any task ran, however short, from one position to another. @param {number} from @param {number} to */
  ranIn(from, to) {
    const { begins } = this.running;
    const at = lastUpTo(begins, to);
    return at >= 0 && begins[at] >= from;
  }
}
