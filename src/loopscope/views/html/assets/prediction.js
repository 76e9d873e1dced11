// A predicted run, drawn under the real one on the axis of time.

import { State } from "./segments.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./segments.js").Segments} Segments */

/**
 * Makes segments of predicted steps, which come in the order they would run.
 * @param {Recording} recording
 * @param {import("./shared.js").PredictedSteps} prediction
 * @returns {Segments}
 */
export function predictedSegments({ tasks }, { row, ready, begin, end }) {
  const first = new Int32Array(tasks.count + 1);
  for (let i = 0; i < row.length; i++) if (row[i] >= 0) first[row[i] + 1] += 3;
  for (let task = 0; task < tasks.count; task++) first[task + 1] += first[task];
  const count = first[tasks.count];
  const next = first.slice();
  const start = new Float64Array(count);
  const state = new Uint8Array(count);
  for (let i = 0; i < row.length; i++) {
    if (row[i] < 0) continue;
    const at = next[row[i]];
    next[row[i]] += 3;
    const before = at > first[row[i]] ? start[at - 1] : ready[i];
    start.set([Math.max(ready[i], before), begin[i], end[i]], at);
    state.set([State.READY, State.RUNNING, State.SLEEP], at);
  }
  for (let task = 0; task < tasks.count; task++) {
    if (first[task + 1] > first[task]) state[first[task + 1] - 1] = State.NONE;
  }
  const nothing = new Float64Array(count + 1);
  return { count, first, start, state, step: new Int32Array(count).fill(-1), wait: new Uint32Array(count),
    ...sumsOf(start, state), stalled: nothing };
}

/** @param {Float64Array} start @param {Uint8Array} state */
function sumsOf(start, state) {
  const ran = new Float64Array(start.length + 1);
  const waited = new Float64Array(start.length + 1);
  for (let i = 0; i < start.length; i++) {
    const length = i + 1 < start.length ? start[i + 1] - start[i] : 0;
    ran[i + 1] = ran[i] + (state[i] === State.RUNNING ? length : 0);
    waited[i + 1] = waited[i] + (state[i] === State.READY ? length : 0);
  }
  return { ran, waited };
}
