// The level of detail: what a pixel shows of many segments.

import assert from "node:assert/strict";
import test from "node:test";

import { heights, scan } from "../../src/loopscope/views/html/assets/lod.js";
import { State } from "../../src/loopscope/views/html/assets/segments.js";

/**
 * One row of segments, as [begin, state] pairs.
 * @param {[number, number][]} pairs
 */
function rowOf(pairs) {
  const start = Float64Array.from(pairs, ([begin]) => begin);
  const state = Uint8Array.from(pairs, ([, one]) => one);
  const sums = (/** @type {number} */ wanted) => {
    const all = new Float64Array(pairs.length + 1);
    pairs.forEach(([begin, one], i) => {
      const end = pairs[i + 1]?.[0] ?? begin;
      all[i + 1] = all[i] + (one === wanted ? Math.max(end - begin, 1e-9) : 0);
    });
    return all;
  };
  return {
    count: pairs.length, start, state, first: Int32Array.of(0, pairs.length),
    step: new Int32Array(pairs.length), wait: new Uint32Array(pairs.length),
    ran: sums(State.RUNNING), stalled: sums(State.STALLED), waited: sums(State.READY),
  };
}

/**
 * What is drawn of a row.
 * @param {[number, number][]} pairs
 * @param {{from: number, to: number, width: number}} window
 */
function drawn(pairs, window) {
  /** @type {[number, number, number][]} */
  const wide = [];
  /** @type {[number, number, number, number][]} */
  const dense = [];
  scan(rowOf(pairs), 0, window, {
    wide: (at, left, right) => wide.push([at, left, right]),
    dense: (pixel, _, ran, stalled, ready) => dense.push([pixel, ran, stalled, ready]),
  });
  return { wide, dense };
}

/** A small generator, so that failures repeat. @param {number} seed */
function random(seed) {
  return () => ((seed = (seed * 48271) % 2147483647) / 2147483647);
}

/** @param {number} seed @param {number} count @returns {[number, number][]} */
function anyRow(seed, count) {
  const next = random(seed);
  let at = 0;
  return Array.from({ length: count }, () => {
    const begin = at;
    at += next() < 0.1 ? next() * 50 : next() * 0.3;
    return [begin, Math.floor(next() * 7)];
  });
}

test("a segment of a pixel or more is always drawn as itself, at its own place", () => {
  for (let seed = 1; seed < 60; seed++) {
    const pairs = anyRow(seed, 400);
    pairs.push([pairs[399][0] + 5, State.NONE]);
    const to = pairs[400][0];
    for (const width of [40, 300, 2000]) {
      const { wide } = drawn(pairs, { from: 0, to, width });
      const found = new Map(wide.map(([at, left, right]) => [at, [left, right]]));
      for (let i = 0; i < 400; i++) {
        const [left, right] = [(pairs[i][0] / to) * width, (pairs[i + 1][0] / to) * width];
        if (right - left < 1.000001) continue;
        assert.ok(found.has(i), `segment ${i} of seed ${seed} at width ${width} is not drawn`);
        assert.ok(Math.abs((found.get(i)?.[0] ?? 0) - left) < 1e-6);
        assert.ok(Math.abs((found.get(i)?.[1] ?? 0) - right) < 1e-6);
      }
    }
  }
});

test("a long step that begins in a crowded pixel keeps its own rectangle", () => {
  /** @type {[number, number][]} */
  const pairs = [];
  for (let i = 0; i < 90; i++) pairs.push([i / 100, i % 2 ? State.RUNNING : State.READY]);
  pairs.push([0.9, State.STALLED], [8, State.NONE]);
  const { wide } = drawn(pairs, { from: 0, to: 10, width: 10 });
  assert.deepEqual(wide.find(([at]) => at === 90), [90, 0.9, 8]);
});

test("every segment is either drawn as itself or part of a column", () => {
  for (let seed = 1; seed < 40; seed++) {
    const pairs = anyRow(seed, 300);
    const { wide, dense } = drawn(pairs, { from: 0, to: pairs[299][0] + 1, width: 50 });
    const pixels = new Set(dense.map(([pixel]) => pixel));
    const own = new Set(wide.map(([at]) => at));
    pairs.forEach(([begin], i) => {
      const pixel = Math.floor((begin / (pairs[299][0] + 1)) * 50);
      assert.ok(own.has(i) || pixels.has(pixel), `segment ${i} of seed ${seed} vanished`);
    });
  }
});

test("a dense column tells the share of each state, not only the largest", () => {
  /** @type {[number, number][]} */
  const pairs = [
    [0, State.SLEEP], [0.5, State.READY], [0.7, State.RUNNING], [0.9, State.STALLED], [1, State.SLEEP],
    [9, State.NONE],
  ];
  const { dense } = drawn(pairs, { from: 0, to: 100, width: 100 });
  assert.equal(dense.length, 1);
  const [pixel, ...shares] = dense[0];
  assert.equal(pixel, 0);
  shares.forEach((share, i) => assert.ok(Math.abs(share - [0.2, 0.1, 0.2][i]) < 1e-6));
});

test("each share that is there gets a pixel, and all of them no more than the height", () => {
  assert.deepEqual(heights([1e-9, 0, 0.5], 14), [1, 0, 7, 6]);
  assert.deepEqual(heights([0, 0, 0], 14), [0, 0, 0, 14]);
  const [a, b, c, rest] = heights([1, 1e-9, 1e-9], 4);
  assert.equal(rest, 0);
  assert.ok(Math.abs(a + b + c - 4) < 1e-9);
  assert.ok(b > 0 && c > 0);
});

test("steps without any length are seen", () => {
  /** @type {[number, number][]} */
  const pairs = [[0, State.SLEEP], [0.5, State.RUNNING], [0.5, State.SLEEP], [0.6, State.READY], [0.7, State.NONE]];
  const { dense } = drawn(pairs, { from: 0, to: 100, width: 100 });
  assert.ok(dense[0][1] > 0);
});
