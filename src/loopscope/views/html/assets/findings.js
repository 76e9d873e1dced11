// The view "Findings": what is wrong, where, and what it would gain to change it.

import { unpackColumns } from "./decode.js";
import { el, fill } from "./dom.js";
import { lineLink } from "./pieces.js";
import { withShortPaths } from "./step_story.js";
import { duration } from "./units.js";
import { whenSeen } from "./when_seen.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./shared.js").Shared} Shared
 * @typedef {{recorded: number, replayed: number, after: number, saves: number, isAtMost: boolean,
 *   assumptions: string[], steps: string}} Prediction
 * @typedef {{rule: string, title: string, why: string, file: string, line: number, message: string,
 *   remedy: string, confidence: "ask" | "likely" | "seen", saves: number | null,
 *   isAtMost: boolean, prediction: Prediction | null}} Finding
 */

const SURE = new Map([
  ["seen", "seen in this run"],
  ["likely", "likely, from the source"],
  ["ask", "a question: only the author can know"],
]);

/** @type {import("./shared.js").View} */
export const findingsView = {
  name: "findings",
  mount(root, recording, shared) {
    const findings = /** @type {Finding[]} */ (recording.panels.findings ?? []);
    whenSeen(root, () => {
      const view = new FindingsView(recording, shared);
      const text = findings.length
        ? "The most time at stake comes first. Switch a what-if on to see the run as it would have been."
        : "No rule found anything wrong in this run.";
      const cards = findings.map((one) => view.card(one));
      fill(root, el("p", { class: "hint" }, text), el("ol", { class: "findings" }, ...cards));
    });
  },
};

class FindingsView {
  /**
   * @param {Recording} recording
   * @param {Shared} shared
   */
  constructor(recording, shared) {
    this.recording = recording;
    this.shared = shared;
    /** @type {HTMLButtonElement | null} */
    this.pressed = null;
    shared.subscribe((changed, state) => {
      if (changed.has("prediction") && !state.prediction) this.release();
    });
  }

  /** @param {Finding} finding */
  card(finding) {
    const { title, message, remedy, confidence, why, prediction } = finding;
    const head = el("h3", {}, title);
    const gain = gainText(finding);
    const meta = el(
      "p", { class: "meta" }, lineLink(finding, this.recording, this.shared),
      el("span", {}, SURE.get(confidence) ?? confidence),
      gain ? el("strong", { class: "gain" }, gain) : null,
    );
    return el(
      "li", { class: `finding ${confidence}` }, head, meta,
      el("p", { class: "message" }, withShortPaths(this.recording, message)),
      el("p", {}, el("b", {}, "Instead: "), remedy),
      why ? el("details", {}, el("summary", {}, "Why this matters"), el("p", {}, why)) : null,
      prediction ? this.whatIf(prediction, title) : null,
    );
  }

  /**
   * @param {Prediction} prediction
   * @param {string} title
   */
  whatIf(prediction, title) {
    const { recorded, after, isAtMost, assumptions, steps } = prediction;
    const predicted = Math.max(0, recorded - prediction.saves);
    const bars = el(
      "dl", { class: "totals" },
      ...bar("as it was", recorded, recorded, "was"),
      ...bar(isAtMost ? "at best" : "predicted", predicted, recorded, "would"),
    );
    const parts = /** @type {HTMLElement[]} */ ([bars]);
    if (steps) parts.unshift(this.makeSwitch(prediction, title));
    else parts.push(el("p", { class: "hint" }, "The run is too long for its predicted steps to be in this page."));
    if (assumptions.length) {
      parts.push(el("details", { open: assumptions.length < 4 }, el("summary", {}, "What the prediction assumes"),
        el("ul", {}, ...assumptions.map((sentence) => el("li", {}, withShortPaths(this.recording, sentence))))));
    }
    const off = prediction.replayed - recorded;
    if (Math.abs(off) > recorded * 0.01) {
      parts.push(el("p", { class: "hint" }, `The model replays this run, unchanged, in `
        + `${duration(prediction.replayed)}; with the change in ${duration(after)}.`));
    }
    return el("div", { class: "whatif" }, ...parts);
  }

  /**
   * @param {Prediction} prediction
   * @param {string} title
   */
  makeSwitch(prediction, title) {
    const made = el("button", { type: "button", "aria-pressed": "false" }, "What if: draw the predicted run");
    made.addEventListener("click", async () => {
      const isOn = made.getAttribute("aria-pressed") === "true";
      if (isOn) {
        this.shared.set({ prediction: null });
        return;
      }
      const steps = await predictedSteps(prediction, title);
      this.release();
      this.shared.set({ prediction: steps, axis: "time" });
      made.setAttribute("aria-pressed", "true");
      this.pressed = made;
    });
    return made;
  }

  release() {
    this.pressed?.setAttribute("aria-pressed", "false");
    this.pressed = null;
  }
}

/** @param {Finding} finding */
function gainText({ saves, isAtMost, prediction }) {
  const gain = saves ?? prediction?.saves ?? 0;
  if (gain <= 0) return "";
  return `${(prediction?.isAtMost ?? isAtMost) ? "saves up to" : "saves"} ${duration(gain)}`;
}

/**
 * @param {string} name
 * @param {number} ns
 * @param {number} most
 * @param {string} kind
 */
function bar(name, ns, most, kind) {
  const drawn = el("span", { class: `bar ${kind}`, "aria-hidden": "true" });
  drawn.style.width = `${Math.max(0.5, (100 * ns) / Math.max(most, 1))}%`;
  return [el("dt", {}, name), el("dd", {}, el("span", { class: "track" }, drawn), duration(ns))];
}

/**
 * Reads the steps of a prediction.
 * @param {Prediction} prediction
 * @param {string} label
 * @returns {Promise<import("./shared.js").PredictedSteps>}
 */
async function predictedSteps({ steps, after }, label) {
  const columns = await unpackColumns(steps);
  const [row, gap, before, length] = ["row", "gap", "ready", "length"].map((name) => columns.get(name) ?? []);
  const begin = Float64Array.from(gap);
  for (let at = 1; at < begin.length; at++) begin[at] += begin[at - 1];
  const ready = begin.map((time, at) => time - before[at]);
  const end = begin.map((time, at) => time + length[at]);
  return { row, ready, begin, end, total: after, label };
}
