// Rows that stand for many tasks: how many of them ran, were ready or alive on average in a pixel.

import { firstFrom } from "./search_sorted.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./axes.js").Axis} Axis */
/** @typedef {{running: number, stalled: number, ready: number, alive: number}} Means */

/** Less than this is what rounding left over. */
const ROUNDING = 1e-6;

/** Positions in order, with their sums; asked for one place after another, it does not search far. */
class Sorted {
  /** @param {Float64Array} values */
  constructor(values) {
    let isSorted = true;
    for (let i = 1; i < values.length && isSorted; i++) isSorted = values[i - 1] <= values[i];
    this.values = isSorted ? values : values.sort();
    this.sums = new Float64Array(values.length + 1);
    for (let i = 0; i < values.length; i++) this.sums[i + 1] = this.sums[i] + values[i];
    this.last = 0;
  }

  /** How many values come before a position. @param {number} position */
  countBefore(position) {
    const { values } = this;
    let low = this.last;
    if (low > 0 && values[low - 1] >= position) low = 0;
    let step = 1;
    let high = low;
    while (high < values.length && values[high] < position) {
      low = high;
      high += step;
      step *= 2;
    }
    return (this.last = firstFrom(values, position, low, Math.min(high, values.length)));
  }

  /** The sum of the distances of all values before a position to it. @param {number} position */
  distances(position) {
    const before = this.countBefore(position);
    return before * position - this.sums[before];
  }
}

/** How many of some intervals are open at each place. */
class Open {
  /** @param {Float64Array} begins @param {Float64Array} ends */
  constructor(begins, ends) {
    this.begins = new Sorted(begins);
    this.ends = new Sorted(ends);
  }

  /** How much of the intervals lies before a position. @param {number} position */
  before(position) {
    return this.begins.distances(position) - this.ends.distances(position);
  }
}

export class Crowd {
  /**
   * @param {Recording} recording
   * @param {Axis} axis
   * @param {number[]} rows  the tasks
   */
  constructor({ steps, tasks, info }, axis, rows) {
    this.size = rows.length;
    const isMember = new Uint8Array(tasks.count);
    for (const row of rows) isMember[row] = 1;
    const own = new Int32Array(steps.count);
    let count = 0;
    let stallCount = 0;
    for (let i = 0; i < steps.count; i++) {
      if (steps.row[i] < 0 || !isMember[steps.row[i]]) continue;
      own[count++] = i;
      if (steps.end[i] - steps.begin[i] >= info.stallNs) stallCount++;
    }
    const begins = new Float64Array(count - stallCount);
    const ends = new Float64Array(count - stallCount);
    const stallBegins = new Float64Array(stallCount);
    const stallEnds = new Float64Array(stallCount);
    const ready = new Float64Array(count);
    const starts = new Float64Array(count);
    let [quick, stalled] = [0, 0];
    for (let n = 0; n < count; n++) {
      const i = own[n];
      const begin = axis.stepBegin[i];
      starts[n] = begin;
      ready[n] = Math.min(axis.readyAt(i), begin);
      if (steps.end[i] - steps.begin[i] >= info.stallNs) {
        stallBegins[stalled] = begin;
        stallEnds[stalled++] = axis.stepEnd[i];
      } else {
        begins[quick] = begin;
        ends[quick++] = axis.stepEnd[i];
      }
    }
    this.running = new Open(begins, ends);
    this.stalled = new Open(stallBegins, stallEnds);
    this.ready = new Open(ready, starts);
    this.alive = new Open(
      Float64Array.from(rows, (row) => axis.position(tasks.created[row])),
      Float64Array.from(rows, (row) => axis.position(tasks.ended[row])),
    );
  }

  /**
   * How many tasks were in each state in each of some equal parts of a range, on average. A part
   * in which a task ran, however short, has at least a trace of it.
   * @param {number} from
   * @param {number} step  the length of a part
   * @param {number} count
   * @param {(part: number, means: Means) => void} tell
   */
  walk(from, step, count, tell) {
    const means = { running: 0, stalled: 0, ready: 0, alive: 0 };
    const names = /** @type {const} */ (["running", "stalled", "ready", "alive"]);
    const before = names.map((name) => this[name].before(from));
    let began = this.running.begins.countBefore(from);
    for (let part = 0; part < count; part++) {
      const to = from + (part + 1) * step;
      for (let n = 0; n < names.length; n++) {
        const now = this[names[n]].before(to);
        const mean = (now - before[n]) / step;
        means[names[n]] = mean > ROUNDING ? mean : 0;
        before[n] = now;
      }
      const begun = this.running.begins.countBefore(to);
      if (begun > began) means.running = Math.max(means.running, ROUNDING);
      began = begun;
      tell(part, means);
    }
  }
}
