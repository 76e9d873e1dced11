// Reads packed columns and words from stdin, as lines of JSON, and writes what the page makes of
// them: how the tests in Python compare both sides.

import { createInterface } from "node:readline";

import { readColumns, unpack, unpackColumns, unpackJson } from "../../src/loopscope/views/html/assets/decode.js";
import { makeRecording } from "../../src/loopscope/views/html/assets/read_recording.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { columns, words } = JSON.parse(line);
  if (words) {
    const { steps, turns, tasks, path } = makeRecording(await unpackColumns(columns), await unpackJson(words));
    /** @type {[string, any][]} */
    const plain = Object.entries({ ...steps, ...turns, ...tasks, path })
      .map(([name, value]) => [name, typeof value === "number" ? value : [.../** @type {Iterable<any>} */ (value)]]);
    console.log(JSON.stringify(Object.fromEntries(plain)));
  } else {
    const read = readColumns(await unpack(columns));
    console.log(JSON.stringify(Object.fromEntries([...read].map(([name, value]) => [name, Array.from(value)]))));
  }
}
