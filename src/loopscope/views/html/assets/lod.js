// Reduces a row to what its pixels can show.
//
// A segment as wide as a pixel or wider is always drawn as itself. Narrower ones that begin in the
// same pixel share its column, which shows the share of each state, not only the largest.

import { firstFrom } from "./search_sorted.js";

/** @typedef {import("./segments.js").Segments} Segments */
/**
 * @typedef {object} Sink
 * @property {(segment: number, left: number, right: number) => void} wide  from and to, in pixels
 * @property {(pixel: number, first: number, ran: number, stalled: number, ready: number) => void} dense
 *   the first segment of a column, and shares from 0 to 1; the rest is suspended, or nothing
 */
/** @typedef {{from: number, to: number, width: number}} Window  a range of the axis, in pixels */

/** With more segments a pixel than this, look for the next pixel instead of walking to it. */
const GALLOP_FROM = 4;

/**
 * Tells a sink what to draw of one row.
 * @param {Segments} segments
 * @param {number} row
 * @param {Window} window
 * @param {Sink} sink
 */
export function scan(segments, row, window, sink) {
  const { start, first } = segments;
  const stop = first[row + 1];
  const scale = window.width / (window.to - window.from);
  let at = Math.max(firstFrom(start, window.from, first[row], stop) - 1, first[row]);
  const end = firstFrom(start, window.to, at, stop);
  const gallops = end - at > window.width * GALLOP_FROM;
  const right = (/** @type {number} */ i) => (i + 1 < stop ? (start[i + 1] - window.from) * scale : Infinity);
  while (at < end) {
    const left = (start[at] - window.from) * scale;
    if (left < 0 || right(at) - left >= 1) {
      sink.wide(at, Math.max(left, 0), Math.min(right(at), window.width));
      at++;
      continue;
    }
    const pixel = Math.floor(left);
    const edge = window.from + (pixel + 1) / scale;
    let next = at + 1;
    if (gallops) next = firstFrom(start, edge, next, end);
    else while (next < end && start[next] < edge) next++;
    // Only the last of them can reach beyond the pixel; if it is wide, it is drawn as itself.
    if (next - 1 > at && right(next - 1) - (start[next - 1] - window.from) * scale >= 1) next--;
    column(segments, at, next, stop, pixel, sink);
    at = next;
  }
}

/**
 * @param {Segments} segments
 * @param {number} first
 * @param {number} next
 * @param {number} stop
 * @param {number} pixel
 * @param {Sink} sink
 */
function column({ start, ran, stalled, waited }, first, next, stop, pixel, sink) {
  const length = (next < stop ? start[next] : start[stop - 1]) - start[first];
  const a = ran[next] - ran[first];
  const b = stalled[next] - stalled[first];
  const c = waited[next] - waited[first];
  const whole = Math.max(length, a + b + c);
  if (whole > 0) sink.dense(pixel, first, a / whole, b / whole, c / whole);
}

/**
 * Turns shares into heights: each share that is there gets a pixel at least.
 * @param {number[]} shares
 * @param {number} height
 * @returns {number[]} as many heights, and the rest of the height
 */
export function heights(shares, height) {
  const all = shares.map((share) => (share > 0 ? Math.max(share * height, 1) : 0));
  const sum = all.reduce((one, other) => one + other, 0);
  const given = sum > height ? all.map((one) => (one * height) / sum) : all;
  return [...given, Math.max(height - sum, 0)];
}
