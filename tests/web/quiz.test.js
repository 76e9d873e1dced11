// What is told of each beat, and what the viewer who plays the event loop is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loopBeats, makeIndex } from "../../src/loopscope/views/html/assets/loop_state.js";
import { choicesAfter, judge, NOBODY, rightChoice } from "../../src/loopscope/views/html/assets/quiz.js";
import { StepEnd, Wake } from "../../src/loopscope/views/html/assets/recording.js";
import { storyOf } from "../../src/loopscope/views/html/assets/step_story.js";
import { plainText, recordingOf } from "./script.js";

const MS = 1e6;
const [MAIN, A, B] = [0, 1, 2].map((row) => ({ row, callback: -1 }));

/** @param {number | null} [seed] */
function gathered(seed = null) {
  return recordingOf(["main", "a", "b"], [
    { idle: [0, 0], steps: [{ task: "main", times: [0, 0, 1 * MS], awaits: "task its gather of 2 tasks" }] },
    { idle: [1 * MS, 1 * MS], steps: [
      { task: "a", times: [1, 1 * MS, 2 * MS], by: 0, awaits: "sleep its sleep" },
      { task: "b", times: [1, 2 * MS, 32 * MS], by: 0 },
    ] },
    { idle: [32 * MS, 42 * MS], steps: [{ times: [42 * MS, 42 * MS, 42 * MS], wake: Wake.TIMER }] },
    { idle: [42 * MS, 42 * MS], steps: [{ task: "a", times: [42 * MS, 42 * MS, 43 * MS], by: 3, how: StepEnd.RAISED }] },
    { idle: [43 * MS, 43 * MS], steps: [{ times: [43 * MS, 43 * MS, 43 * MS], by: 4 }] },
    { idle: [43 * MS, 43 * MS], steps: [{ task: "main", times: [43 * MS, 43 * MS, 44 * MS], by: 5 }] },
  ], { seed });
}

/** @param {import("../../src/loopscope/views/html/assets/recording.js").Recording} recording */
function prepared(recording) {
  const index = makeIndex(recording);
  return { index, loop: loopBeats(index, 0), recording };
}

test("the story of a run, beat by beat", () => {
  const { index, loop, recording } = prepared(gathered());
  const story = [...loop.beats].map((_, at) =>
    storyOf(index, loop, at).map(({ pieces }) => plainText(recording, pieces)).join(" "));
  assert.deepEqual(story, [
    "main begins main() at app.py:1. It creates a and b (they join the ready queue). "
      + "It awaits asyncio.task() at app.py:1: suspended.",
    "a begins main() at app.py:1. It awaits asyncio.sleep() at app.py:1: suspended.",
    "b begins main() at app.py:1. It holds the loop for 30 ms: nobody else can run. "
      + "It returns: the task is done.",
    "Nothing is ready: the loop waits 10 ms, until a timer is due for a.",
    "a resumes at app.py:1 after 40 ms: a timer was due. It ends: it raised an exception.",
    "main resumes at app.py:1 after 42 ms: a ended. It returns: the task is done.",
  ]);
});

test("in a simulated run the clock jumps", () => {
  const { index, loop, recording } = prepared(gathered(7));
  const [{ pieces }] = storyOf(index, loop, 3);
  assert.equal(plainText(recording, pieces),
    "Nothing is ready: the clock jumps 10 ms, until a timer is due for a.");
});

test("every beat's right choice is right, and every other one is told why not", () => {
  const { index, loop } = prepared(gathered());
  for (let at = -1; at < loop.beats.length; at++) {
    const right = rightChoice(index, loop, at);
    const choices = choicesAfter(index, loop, at);
    assert.ok(choices.some((one) => one.row === right.row && one.callback === right.callback));
    for (const choice of choices) {
      const isSame = choice.row === right.row && choice.callback === right.callback;
      const { isRight, why } = judge(index, loop, at, choice);
      assert.equal(isRight, isSame);
      assert.ok(why.length);
    }
  }
});

test("why a choice is wrong: it is later in the queue, suspended, or nobody has to wait", () => {
  const { index, loop, recording } = prepared(gathered());
  const why = (/** @type {number} */ at, /** @type {any} */ choice) =>
    plainText(recording, judge(index, loop, at, choice).why);
  assert.equal(why(0, B), "No: b is ready, but a became ready before it, and the ready queue is "
    + "first in, first out.");
  assert.equal(why(0, MAIN), "No: main is suspended: it waits for its gather of 2 tasks. Only when "
    + "that has happened does it join the ready queue.");
  assert.equal(why(0, NOBODY), "No: the loop only waits when nothing is ready. There is somebody "
    + "in the ready queue.");
  assert.equal(why(2, A), "No: a is suspended: it waits for its sleep, due at 42.000 ms. Only when "
    + "that has happened does it join the ready queue.");
  assert.equal(why(2, NOBODY), "Right. Nothing is ready: the loop waits 10 ms, until a timer is "
    + "due for a.");
  assert.equal(why(0, A), "Right: it is the first in the ready queue.");
});
