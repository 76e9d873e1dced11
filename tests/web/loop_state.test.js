// What the loop has before it, step by step; every expectation is a whole state.

import assert from "node:assert/strict";
import { test } from "node:test";
import { causeOf, loopBeats, makeIndex, stateAfter } from "../../src/loopscope/views/html/assets/loop_state.js";
import { StepEnd, Wake } from "../../src/loopscope/views/html/assets/recording.js";
import { recordingOf } from "./script.js";

const MS = 1e6;

/**
 * `main` makes `a` and `b`, which sleep until 10 and 20 ms, and waits for both.
 * @param {{seed?: number | null}} [info]
 */
export function gathered(info) {
  return recordingOf(["main", "a", "b"], [
    { idle: [0, 0], steps: [{ task: "main", times: [0, 0, 1 * MS], awaits: "task its gather of 2 tasks" }] },
    { idle: [1 * MS, 1 * MS], steps: [
      { task: "a", times: [0, 1 * MS, 2 * MS], by: 0, awaits: "sleep its sleep" },
      { task: "b", times: [0, 2 * MS, 3 * MS], by: 0, awaits: "sleep its sleep" },
    ] },
    { idle: [3 * MS, 12 * MS], steps: [{ times: [12 * MS, 12 * MS, 12 * MS], wake: Wake.TIMER }] },
    { idle: [12 * MS, 12 * MS], steps: [{ task: "a", times: [12 * MS, 12 * MS, 13 * MS], by: 3 }] },
    { idle: [13 * MS, 22 * MS], steps: [{ times: [22 * MS, 22 * MS, 22 * MS], wake: Wake.TIMER }] },
    { idle: [22 * MS, 22 * MS], steps: [{ task: "b", times: [22 * MS, 22 * MS, 23 * MS], by: 5 }] },
    { idle: [23 * MS, 23 * MS], steps: [{ times: [23 * MS, 23 * MS, 23 * MS], by: 6 }] },
    { idle: [23 * MS, 23 * MS], steps: [{ task: "main", times: [23 * MS, 23 * MS, 24 * MS], by: 7 }] },
  ], info);
}

/** @param {import("../../src/loopscope/views/html/assets/recording.js").Recording} recording */
function walked(recording) {
  const index = makeIndex(recording);
  const loop = loopBeats(index, 0);
  const { name } = recording.tasks;
  return [...loop.beats].map((beat, at) => {
    const { ready, timers, waiting, overCount, notYetCount } = stateAfter(index, loop, at);
    return {
      beat: beat < 0 ? "idle" : name[recording.steps.row[beat]] ?? "callback",
      ready: ready.map(({ row, via }) => `${name[row] ?? "callback"}${via >= 0 ? " via callback" : ""}`),
      timers: timers.map(({ row, due }) => `${name[row]} ${due / MS}`),
      waiting: waiting.map(({ row }) => name[row]),
      counts: [notYetCount, overCount],
    };
  });
}

test("two sleeps under gather: the whole walk", () => {
  assert.deepEqual(walked(gathered()), [
    { beat: "main", ready: ["a", "b"], timers: [], waiting: ["main"], counts: [0, 0] },
    { beat: "a", ready: ["b"], timers: ["a 12"], waiting: ["main"], counts: [0, 0] },
    { beat: "b", ready: [], timers: ["a 12", "b 22"], waiting: ["main"], counts: [0, 0] },
    { beat: "idle", ready: ["a via callback"], timers: ["b 22"], waiting: ["main"], counts: [0, 0] },
    { beat: "a", ready: [], timers: ["b 22"], waiting: ["main"], counts: [0, 1] },
    { beat: "idle", ready: ["b via callback"], timers: [], waiting: ["main"], counts: [0, 1] },
    { beat: "b", ready: ["main via callback"], timers: [], waiting: [], counts: [0, 2] },
    { beat: "main", ready: [], timers: [], waiting: [], counts: [0, 3] },
  ]);
});

test("the moment before the first beat: only what asyncio.run made is ready", () => {
  const index = makeIndex(gathered());
  const { ready, notYetCount } = stateAfter(index, loopBeats(index, 0), -1);
  assert.deepEqual(ready.map(({ row }) => row), [0]);
  assert.equal(notYetCount, 2);
});

test("a timer that is due while the loop is held is not in the queue before the loop looks", () => {
  const recording = recordingOf(["holder", "late"], [
    { idle: [0, 0], steps: [
      { task: "late", times: [0, 0, 1 * MS], awaits: "sleep its sleep" },
      { task: "holder", times: [0, 1 * MS, 50 * MS] },
    ] },
    { idle: [50 * MS, 50 * MS], steps: [{ times: [5 * MS, 50 * MS, 50 * MS], wake: Wake.TIMER }] },
    { idle: [50 * MS, 50 * MS], steps: [{ task: "late", times: [50 * MS, 50 * MS, 51 * MS], by: 2 }] },
  ]);
  assert.deepEqual(walked(recording)[1], {
    beat: "holder", ready: [], timers: ["late 5"], waiting: [], counts: [0, 1],
  });
});

test("a task that a step wakes directly stands before one that only a callback will wake", () => {
  const recording = recordingOf(["a", "b", "c"], [
    { idle: [0, 0], steps: [
      { task: "b", times: [0, 0, 1 * MS], awaits: "task the end of a" },
      { task: "c", times: [0, 1 * MS, 2 * MS], awaits: "event an event" },
      { task: "a", times: [0, 2 * MS, 4 * MS] },
    ] },
    { idle: [4 * MS, 4 * MS], steps: [
      { times: [3 * MS, 4 * MS, 4 * MS], by: 2 },
      { task: "c", times: [3 * MS, 4 * MS, 5 * MS], by: 2 },
    ] },
    { idle: [5 * MS, 5 * MS], steps: [{ task: "b", times: [4 * MS, 5 * MS, 6 * MS], by: 3 }] },
  ]);
  assert.deepEqual(walked(recording)[2], {
    beat: "a", ready: ["c", "b via callback"], timers: [], waiting: [], counts: [0, 1],
  });
});

test("an interrupted task is neither ready nor waiting while the eager task runs", () => {
  const recording = recordingOf(["main", "eager"], [
    { idle: [0, 0], steps: [
      { task: "main", times: [0, 0, 1 * MS], awaits: "x", how: StepEnd.INTERRUPTED },
      { task: "eager", times: [1 * MS, 1 * MS, 2 * MS], wake: Wake.RESUMED, by: 0 },
      { task: "main", times: [2 * MS, 2 * MS, 3 * MS], wake: Wake.RESUMED, by: 1 },
    ] },
  ]);
  assert.deepEqual(walked(recording)[0], {
    beat: "main", ready: [], timers: [], waiting: [], counts: [1, 0],
  });
  assert.deepEqual(walked(recording)[1], {
    beat: "eager", ready: [], timers: [], waiting: [], counts: [0, 1],
  });
});

test("asyncio's own tasks are not shown; the program's own callbacks are", () => {
  const recording = recordingOf(["main", "_shutdown"], [
    { idle: [0, 0], steps: [
      { task: "main", times: [0, 0, 1 * MS] },
      { calls: "on_signal", times: [0, 1 * MS, 2 * MS] },
      { task: "_shutdown", times: [0, 2 * MS, 3 * MS] },
    ] },
  ]);
  assert.deepEqual(walked(recording), [
    { beat: "main", ready: ["callback"], timers: [], waiting: [], counts: [0, 1] },
    { beat: "callback", ready: [], timers: [], waiting: [], counts: [0, 1] },
  ]);
});

test("the cause of a step is a task or a timer, never a callback of asyncio", () => {
  const index = makeIndex(gathered());
  assert.deepEqual(causeOf(index, 4), { kind: Wake.TIMER, row: -1, step: 3 });
  assert.deepEqual(causeOf(index, 8), { kind: Wake.STEP, row: 2, step: 6 });
});

test("where steps take no time, nothing is ready before what wakes it has run", () => {
  const recording = recordingOf(["main", "a", "b"], [
    { idle: [0, 0], steps: [{ task: "main", times: [0, 0, 0], awaits: "task its gather" }] },
    { idle: [0, 0], steps: [
      { task: "a", times: [0, 0, 0], by: 0, awaits: "event an event" },
      { task: "b", times: [0, 0, 0], by: 0 },
    ] },
    { idle: [0, 0], steps: [{ task: "a", times: [0, 0, 0], by: 2 }] },
  ]);
  assert.deepEqual(walked(recording).map(({ ready }) => ready), [["a", "b"], ["b"], ["a"], []]);
});

test("a recording without a step has no beats and nothing ready", () => {
  const index = makeIndex(recordingOf(["never"], []));
  const loop = loopBeats(index, 0);
  assert.equal(loop.beats.length, 0);
  assert.deepEqual(stateAfter(index, loop, -1), {
    step: 0, time: 0, ready: [], timers: [], waiting: [], overCount: 0, notYetCount: 0,
  });
});
