// The parts of the panels that need no page: tokens of source, charts, rows of tables, visits.

import assert from "node:assert/strict";
import { test } from "node:test";
import { areaPath, niceTop, roundTicks } from "../../src/loopscope/views/html/assets/chart.js";
import { tokensOf } from "../../src/loopscope/views/html/assets/listing.js";
import { Wake } from "../../src/loopscope/views/html/assets/recording.js";
import { segmentsWithin } from "../../src/loopscope/views/html/assets/segment_table.js";
import { nextVisit } from "../../src/loopscope/views/html/assets/source.js";
import { clockText, pathText, tail, withShortPaths } from "../../src/loopscope/views/html/assets/step_story.js";
import { recordingOf } from "./script.js";

const MS = 1e6;

/** A task that sleeps until 10 ms and returns at 12. */
function sleeper() {
  return recordingOf(["a"], [
    { idle: [0, 0], steps: [{ task: "a", times: [0, 0, 1 * MS], awaits: "sleep its sleep" }] },
    { idle: [1 * MS, 10 * MS], steps: [{ times: [10 * MS, 10 * MS, 10 * MS], wake: Wake.TIMER }] },
    { idle: [10 * MS, 10 * MS], steps: [{ task: "a", times: [10 * MS, 11 * MS, 12 * MS], by: 1 }] },
  ]);
}

test("the tokens of a line are the line, whatever is in it", () => {
  const lines = ["async def f(x='a#b'):  # a comment", "    return await g(\"\"\"one", "two\"\"\") if True else '", "\\'\"''''", ""];
  const tokens = tokensOf(lines);
  assert.deepEqual(tokens.map((line) => line.map(({ text }) => text).join("")), lines);
  const kinds = tokens.map((line) => line.filter(({ kind }) => kind).map(({ kind, text }) => `${kind} ${text}`));
  assert.deepEqual(kinds.slice(0, 3), [
    ["await async", "word def", "string 'a#b'", "comment # a comment"],
    ["word return", "await await", 'string """', "string one"],
    ['string two"""', "word if", "word True", "word else", "string '"],
  ]);
});

test("a word inside a name is no word of Python", () => {
  const [tokens] = tokensOf(["awaiting = format(is_async, not_in)"]);
  assert.deepEqual(tokens.filter(({ kind }) => kind), []);
});

test("an area has a step for every value, from the ground to the ground", () => {
  assert.equal(areaPath([0, 2, 1], 2, 30, 10), "M0 10V10H10V0H20V5H30V10Z");
});

test("the top of an axis is round and not below the most", () => {
  assert.deepEqual([0, 1, 5, 6, 11, 99, 101, 1_234].map(niceTop), [1, 1, 5, 6, 15, 100, 150, 1_500]);
});

test("ticks are round and within the span, also where there is no span", () => {
  assert.deepEqual(roundTicks(10), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(roundTicks(1.2e9).map((ns) => ns / 1e9), [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2]);
  assert.deepEqual(roundTicks(0), [0]);
});

test("the timeline as a table: waits, ready times and steps that touch the range", () => {
  const all = segmentsWithin(sleeper(), 0, 20 * MS);
  assert.deepEqual(all.rows.map(({ state, begin, end, what }) => [state, begin / MS, end / MS, what]), [
    ["running", 0, 1, ""],
    ["suspended", 1, 10, "its sleep"],
    ["ready", 10, 11, ""],
    ["running", 11, 12, "then returned"],
  ]);
  assert.equal(all.total, 4);
  assert.equal(segmentsWithin(sleeper(), 3 * MS, 4 * MS).total, 1);
});

test("the visits of a line come one after another, and then again from the first", () => {
  const recording = sleeper();
  const where = { file: 1, line: 1 };
  assert.deepEqual([-1, 0, 2].map((step) => nextVisit(recording, where, step)), [0, 2, 0]);
  assert.equal(nextVisit(recording, { file: 1, line: 99 }, -1), -1);
});

test("paths begin where the program ran; what is too long loses its begin", () => {
  const recording = sleeper();
  recording.files = ["", "/home/me/project/app.py", "/usr/lib/x.py"];
  recording.info.directory = "/home/me/project";
  assert.deepEqual([1, 2].map((file) => pathText(recording, file)), ["app.py", "/usr/lib/x.py"]);
  assert.equal(tail("x".repeat(200)).length, 121);
  assert.equal(withShortPaths(recording, "What /home/me/project/app.py:3 waits for"), "What app.py:3 waits for");
});

test("a clock is as fine as the run is short", () => {
  const recording = sleeper();
  assert.deepEqual([0, 315e3, 11 * MS].map((ns) => clockText(recording, ns)), ["0 s", "315 µs", "11.000 ms"]);
  recording.info.totalNs = 2e9;
  assert.deepEqual([0, 315e3, 1_250 * MS].map((ns) => clockText(recording, ns)), ["0 s", "315 µs", "1.250 s"]);
});
