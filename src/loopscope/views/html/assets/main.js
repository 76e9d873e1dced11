// Begins: reads the recording out of the page and lets every view show it.

import { unpackColumns, unpackJson } from "./decode.js";
import { byId } from "./dom.js";
import { makeRecording } from "./read_recording.js";
import { Shared, initialState } from "./shared.js";
import { views } from "./views.js";

const HIDDEN_MS = 250;

/** @param {string} id */
function takeText(id) {
  const element = byId(id);
  const text = element.textContent ?? "";
  element.remove();
  return text;
}

/** The data stand last in the page, so that the head is seen while they are still read. */
function wholePage() {
  if (document.readyState !== "loading") return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
}

/** The next frame is on the screen, or the page is not seen at all and nobody waits for one. */
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, HIDDEN_MS);
  });
}

async function begin() {
  await wholePage();
  const [columns, words, panels] = await Promise.all([
    unpackColumns(takeText("data-columns")),
    unpackJson(takeText("data-words")),
    unpackJson(takeText("data-panels")),
  ]);
  performance.mark("loopscope-decoded");
  const recording = makeRecording(columns, words, panels);
  performance.mark("loopscope-recording");
  const shared = new Shared(initialState(recording));
  const [first, ...others] = views;
  first.mount(byId(first.name), recording, shared);
  await painted();
  performance.mark("loopscope-painted");
  for (const view of others) view.mount(byId(view.name), recording, shared);
  document.documentElement.dataset.state = "shown";
}

begin().catch((error) => {
  document.documentElement.dataset.state = "failed";
  byId("status").textContent = `This report cannot be shown: ${error.message}`;
});
