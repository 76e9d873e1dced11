// Who woke whom, with asyncio's own callbacks in between left out.

import { LONGEST_CHAIN, Wake } from "./recording.js";

/** @typedef {import("./recording.js").Recording} Recording */

/**
 * For each step the step of a task that woke it, -1 if none did (a timer, I/O, a thread).
 * @param {Recording} recording
 * @returns {Int32Array}
 */
export function causingSteps({ steps }) {
  const { row, wake, waker } = steps;
  const causes = new Int32Array(steps.count).fill(-1);
  for (let i = 0; i < steps.count; i++) {
    let at = i;
    for (let n = 0; n < LONGEST_CHAIN && wake[at] === Wake.STEP && waker[at] >= 0; n++) {
      at = waker[at];
      if (row[at] >= 0) {
        causes[i] = at;
        break;
      }
    }
  }
  return causes;
}

/**
 * The steps that a task's steps woke and the steps of the task itself, in the order they ran.
 * @param {Recording} recording
 * @param {Int32Array} causes
 * @param {number} task
 * @returns {number[]}
 */
export function wakesOf({ steps }, causes, task) {
  const found = [];
  for (let i = 0; i < steps.count; i++) {
    if (steps.row[i] < 0 || steps.wake[i] === Wake.RESUMED) continue;
    if (steps.row[i] === task || (causes[i] >= 0 && steps.row[causes[i]] === task)) found.push(i);
  }
  return found;
}
