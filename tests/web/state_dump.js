// Reads packed columns and words from stdin and writes what the step-through shows after each beat:
// how the tests in Python compare it with what the analysis says of the same moment.

import { readFileSync } from "node:fs";

import { unpackColumns, unpackJson } from "../../src/loopscope/views/html/assets/decode.js";
import { loopBeats, makeIndex, stateAfter } from "../../src/loopscope/views/html/assets/loop_state.js";
import { judge, rightChoice } from "../../src/loopscope/views/html/assets/quiz.js";
import { makeRecording } from "../../src/loopscope/views/html/assets/read_recording.js";
import { storyOf } from "../../src/loopscope/views/html/assets/step_story.js";
import { plainText } from "./script.js";

const { columns, words } = JSON.parse(readFileSync(0, "utf-8"));
const recording = makeRecording(await unpackColumns(columns), await unpackJson(words));
const index = makeIndex(recording);
const beats = recording.loops.flatMap((loop, number) => {
  const walked = loopBeats(index, number);
  return [...walked.beats].map((beat, at) => {
    const state = stateAfter(index, walked, at);
    const names = (/** @type {{row: number}[]} */ entries) =>
      entries.filter(({ row }) => row >= 0).map(({ row }) => recording.tasks.name[row]);
    return {
      loop: loop.id,
      step: beat,
      time: state.time,
      next: state.step,
      ready: names(state.ready),
      suspended: names([...state.timers, ...state.waiting]),
      isRight: judge(index, walked, at, rightChoice(index, walked, at)).isRight,
      story: storyOf(index, walked, at).map(({ pieces }) => plainText(recording, pieces)),
    };
  });
});
console.log(JSON.stringify(beats));
