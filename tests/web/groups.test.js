// Rows of many tasks, and which rows there are.

import assert from "node:assert/strict";
import test from "node:test";

import { timeAxis } from "../../src/loopscope/views/html/assets/axes.js";
import { causingSteps, wakesOf } from "../../src/loopscope/views/html/assets/causes.js";
import { Crowd } from "../../src/loopscope/views/html/assets/groups.js";
import { MOST_SINGLE_TASKS, listRows, makeGroups } from "../../src/loopscope/views/html/assets/rows.js";
import { wanted } from "../../src/loopscope/views/html/assets/toolbar.js";
import { Wake } from "../../src/loopscope/views/html/assets/recording.js";
import { State } from "../../src/loopscope/views/html/assets/segments.js";
import { recordingOf } from "./script.js";

const MS = 1e6;

/** Some tasks begin at 0 and run one after another, 1 ms each. @param {number} count */
function crowd(count) {
  const names = Array.from({ length: count }, (_, at) => `task-${at}`);
  const steps = names.map((task, at) => ({ task, times: [0, at * MS, (at + 1) * MS] }));
  return recordingOf(names, [{ idle: [0, 0], steps }]);
}

test("a group's means are those of its tasks: one runs, the others are ready until they have run", () => {
  const recording = crowd(10);
  const rows = Array.from({ length: 10 }, (_, at) => at);
  /** @type {[number, number][]} */
  const told = [];
  new Crowd(recording, timeAxis(recording), rows).walk(0, MS, 10, (_, { running, ready }) => told.push([running, ready]));
  told.forEach(([running, ready], at) => {
    assert.ok(Math.abs(running - 1) < 1e-6);
    assert.ok(Math.abs(ready - (9 - at)) < 1e-6);
  });
});

test("a group's walk tells the same from anywhere, in any order", () => {
  const recording = crowd(10);
  const one = new Crowd(recording, timeAxis(recording), [1, 3, 5]);
  const at = (/** @type {number} */ from) => {
    /** @type {number[]} */
    let found = [];
    one.walk(from, 0.5 * MS, 1, (_, means) => (found = [means.running, means.ready]));
    return found;
  };
  const forth = [0, 1.25, 3.5, 5.25, 9].map((time) => at(time * MS));
  const back = [9, 5.25, 3.5, 1.25, 0].map((time) => at(time * MS)).reverse();
  assert.deepEqual(forth, back);
  assert.deepEqual(forth.map(([running]) => running > 0.1), [false, true, true, true, false]);
});

test("few tasks have a row each, many share one a coroutine until it is opened", () => {
  const few = crowd(MOST_SINGLE_TASKS);
  assert.equal(listRows(few, makeGroups(few), () => true).length, MOST_SINGLE_TASKS);
  const many = crowd(MOST_SINGLE_TASKS + 1);
  const groups = makeGroups(many);
  assert.deepEqual(listRows(many, groups, () => true), [{ task: -1, group: 0 }]);
  groups[0].isOpen = true;
  assert.equal(listRows(many, groups, () => true).length, MOST_SINGLE_TASKS + 2);
});

test("more tasks than 16 bits can number are told apart", () => {
  const count = 70_000;
  const recording = crowd(count);
  const groups = makeGroups(recording);
  groups[0].isOpen = true;
  const rows = listRows(recording, groups, (task) => task >= 65_534);
  assert.equal(rows.length, 1 + count - 65_534);
  assert.equal(rows.at(-1)?.task, count - 1);
  assert.equal(recording.steps.row[count - 1], count - 1);
});

/** a sets something that wakes b, through a callback of asyncio's. */
function chain() {
  return recordingOf(["a", "b", "c"], [
    { idle: [0, 0], steps: [
      { task: "b", times: [0, 0, MS], awaits: "lock a lock" },
      { task: "c", times: [0, MS, 2 * MS], awaits: "sleep its sleep" },
      { task: "a", times: [0, 2 * MS, 30 * MS] },
    ] },
    { idle: [30 * MS, 30 * MS], steps: [{ times: [30 * MS, 30 * MS, 31 * MS], wake: Wake.STEP, by: 2 }] },
    { idle: [31 * MS, 31 * MS], steps: [{ task: "b", times: [31 * MS, 31 * MS, 32 * MS], wake: Wake.STEP, by: 3 }] },
  ]);
}

test("a wake leads to the task's step behind asyncio's callbacks", () => {
  const recording = chain();
  const causes = causingSteps(recording);
  assert.deepEqual([...causes], [-1, -1, -1, 2, 2]);
  assert.deepEqual(wakesOf(recording, causes, 0), [2, 4]);
});

test("search and filters want tasks by name, wait, state", () => {
  const recording = chain();
  const found = (/** @type {string} */ text, /** @type {Set<number> | null} */ states = null, kind = "") =>
    [0, 1, 2].filter(wanted(recording, text, states, kind, ""));
  assert.deepEqual(found(""), [0, 1, 2]);
  assert.deepEqual(found("LOCK"), [1]);
  assert.deepEqual(found("", null, "sleep"), [2]);
  assert.deepEqual(found("", new Set([State.STALLED])), [0]);
  assert.deepEqual(found("no such thing"), []);
});
