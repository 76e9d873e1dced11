// What a line of source has to do with the timeline: the waits at it and the steps that it stalled.

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {{waits: Set<number>, steps: Set<number>}} LineMark */
/** @typedef {{file: number, line: number}} Line */

/**
 * Whether a place is in a line.
 * @param {Recording} recording
 * @param {number} place
 * @param {Line} where
 */
export function isAt({ places }, place, { file, line }) {
  return places[place].file === file && places[place].line === line;
}

/**
 * Everything that a line is about, also the waits that were only reached through it.
 * @param {Recording} recording
 * @param {Line} where
 * @returns {LineMark}
 */
export function lineMark(recording, where) {
  const { awaits, stalls } = recording;
  const isHere = (/** @type {number} */ place) => isAt(recording, place, where);
  const waits = awaits.flatMap(({ place, stack }, at) => ([place, ...stack].some(isHere) ? [at] : []));
  const steps = stalls.filter(({ place }) => isHere(place)).flatMap((one) => one.steps);
  return { waits: new Set(waits), steps: new Set(steps) };
}
