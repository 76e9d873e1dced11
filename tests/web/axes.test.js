// The two axes, and the segments on them.

import assert from "node:assert/strict";
import test from "node:test";

import { markDistance, timeAxis, turnAxis } from "../../src/loopscope/views/html/assets/axes.js";
import { Wake } from "../../src/loopscope/views/html/assets/recording.js";
import { State, loopSegments, taskSegments, waitStates } from "../../src/loopscope/views/html/assets/segments.js";
import { recordingOf } from "./script.js";

const MS = 1e6;

/** main sleeps for a second, then runs for 20 ms: a stall. */
function sleeper() {
  return recordingOf(["main"], [
    { idle: [0, 0], steps: [{ task: "main", times: [0, 0, MS], awaits: "sleep its sleep" }] },
    { idle: [MS, 1000 * MS], steps: [{ times: [999 * MS, 1000 * MS, 1000 * MS], wake: Wake.TIMER }] },
    { idle: [1000 * MS, 1000 * MS], steps: [
      { task: "main", times: [1000 * MS, 1000 * MS, 1020 * MS], wake: Wake.STEP, by: 1 },
    ] },
  ]);
}

/** @param {import("../../src/loopscope/views/html/assets/segments.js").Segments} segments @param {number} row */
function listed(segments, row) {
  const all = [];
  for (let i = segments.first[row]; i < segments.first[row + 1]; i++) {
    all.push([segments.start[i] / MS, segments.state[i]]);
  }
  return all;
}

test("a task's row on the axis of time: running, suspended until the timer was due, ready, running", () => {
  const recording = sleeper();
  assert.deepEqual(listed(taskSegments(recording, timeAxis(recording), waitStates(recording), 0), 0), [
    [0, State.RUNNING], [1, State.SLEEP], [999, State.READY], [1000, State.STALLED], [1020, State.NONE],
  ]);
});

test("the lane of the loop: steps, idle times, and asyncio's own callbacks apart", () => {
  const recording = sleeper();
  const states = listed(loopSegments(recording, timeAxis(recording)), 0).map(([, state]) => state);
  assert.deepEqual(states, [
    State.IDLE, State.RUNNING, State.NONE, State.IDLE, State.CALLBACK, State.NONE,
    State.IDLE, State.STALLED, State.NONE,
  ]);
});

test("on the axis of turns every turn is 1 wide, however long it took", () => {
  const recording = sleeper();
  const axis = turnAxis(recording);
  assert.deepEqual(Array.from({ length: 3 }, (_, i) => Math.floor(axis.stepBegin[i])), [0, 1, 2]);
  for (let i = 0; i < 3; i++) assert.ok(axis.stepEnd[i] > axis.stepBegin[i] && axis.stepEnd[i] <= i + 1);
});

test("steps of one turn are equally wide and keep their order", () => {
  const steps = [0, 1, 2].map((at) => ({ task: `t${at}`, times: [0, at * at * MS, (at + 1) ** 2 * MS] }));
  const recording = recordingOf(["t0", "t1", "t2"], [{ idle: [0, 0], steps }]);
  const axis = turnAxis(recording);
  const widths = [0, 1, 2].map((at) => axis.stepEnd[at] - axis.stepBegin[at]);
  for (const width of widths) assert.ok(Math.abs(width - widths[0]) < 1e-9);
  assert.ok(axis.stepEnd[0] <= axis.stepBegin[1] && axis.stepEnd[1] <= axis.stepBegin[2]);
});

test("position and time are each other's inverse where time passes", () => {
  const recording = sleeper();
  const axis = turnAxis(recording);
  for (const time of [0.5, 10, 400, 1010]) {
    assert.ok(Math.abs(axis.time(axis.position(time * MS)) - time * MS) < 1);
  }
});

test("segments of a row never go back, on either axis", () => {
  const recording = sleeper();
  for (const axis of [timeAxis(recording), turnAxis(recording)]) {
    for (const segments of [taskSegments(recording, axis, waitStates(recording), 0), loopSegments(recording, axis)]) {
      for (let i = segments.first[0] + 1; i < segments.first[1]; i++) {
        assert.ok(segments.start[i] >= segments.start[i - 1]);
      }
    }
  }
});

test("an empty recording has axes to draw", () => {
  const recording = recordingOf([], []);
  for (const axis of [timeAxis(recording), turnAxis(recording)]) assert.ok(axis.end > axis.begin);
});

test("marks are 1, 2 or 5 times a power of ten apart, and no more than asked for", () => {
  for (const range of [0.3, 7, 99, 1e9, 6.2e11]) {
    const distance = markDistance(range, 8, 0);
    assert.ok(range / distance <= 8);
    assert.match((distance / 10 ** Math.floor(Math.log10(distance) + 1e-9)).toFixed(3), /^[125]\.000$/);
  }
});
