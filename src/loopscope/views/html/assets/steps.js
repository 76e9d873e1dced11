// The view "Steps": back and forth through what the loop did, one step at a time.

import { BeTheLoop } from "./be_the_loop.js";
import { el, fill } from "./dom.js";
import { Listing } from "./listing.js";
import { loopBeats, makeIndex, stateAfter } from "./loop_state.js";
import { sentenceNodes } from "./pieces.js";
import { linesOfBeat } from "./running_line.js";
import { drawState } from "./state_panel.js";
import { clockText, pathText, storyOf } from "./step_story.js";
import { count } from "./units.js";
import { whenSeen } from "./when_seen.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./shared.js").Shared} Shared
 * @typedef {import("./loop_state.js").LoopBeats} LoopBeats
 */

/** @type {import("./shared.js").View} */
export const stepsView = {
  name: "steps",
  mount(root, recording, shared) {
    if (!recording.loops.length || !recording.steps.count) {
      fill(root, el("p", { class: "empty" }, "Nothing ran in this recording: there is no step."));
      return;
    }
    whenSeen(root, () => new StepsView(root, recording, shared).begin());
  },
};

class StepsView {
  /**
   * @param {HTMLElement} root
   * @param {Recording} recording
   * @param {Shared} shared
   */
  constructor(root, recording, shared) {
    this.root = root;
    this.recording = recording;
    this.shared = shared;
    this.index = makeIndex(recording);
    /** @type {LoopBeats} */
    this.loop = loopBeats(this.index, 0);
    this.at = 0;
    /** @type {Map<number, Listing>} */
    this.listings = new Map();
    this.quiz = new BeTheLoop(this.index, shared, () => this.go(this.at + 1));
  }

  begin() {
    this.story = el("div", { class: "story", "aria-live": "polite" });
    this.now = el("div", { class: "now" });
    this.code = el("div", { class: "running-source" });
    fill(this.root, this.makeBar(), el(
      "div", { class: "steps-body" },
      el("div", { class: "steps-left", tabindex: "0", role: "group", "aria-label": "The loop now" },
        this.story, this.quiz.element, this.now),
      this.code,
    ));
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.shared.subscribe((changed, state) => {
      if (changed.has("step") && state.step >= 0) this.follow(state.step);
    });
    this.draw();
    if (this.shared.state.step >= 0) this.follow(this.shared.state.step);
  }

  makeBar() {
    const button = (/** @type {string} */ text, /** @type {string} */ label, /** @type {() => void} */ act) => {
      const made = el("button", { type: "button", "aria-label": label }, text);
      made.addEventListener("click", act);
      return made;
    };
    this.slider = el("input", { type: "range", min: "0", "aria-label": "Step" });
    this.slider.addEventListener("input", () => this.go(Number(this.slider?.value)));
    this.clock = el("output", { class: "clock" });
    this.bar = el(
      "div", { class: "steps-bar", role: "toolbar", "aria-label": "Stepping" },
      button("⇤", "First step", () => this.go(0)),
      button("◂ back", "One step back", () => this.go(this.at - 1)),
      button("next ▸", "One step forward", () => this.go(this.at + 1)),
      this.slider,
      this.clock,
      this.makeLoopChoice(),
      this.makeQuizSwitch(),
    );
    return this.bar;
  }

  makeLoopChoice() {
    const { loops } = this.recording;
    if (loops.length < 2) return null;
    const names = loops.map((loop, at) => el("option", { value: String(at) }, `loop ${loop.id}, ${loop.thread}`));
    const choice = el("select", { "aria-label": "Loop" }, ...names);
    choice.addEventListener("change", () => {
      this.loop = loopBeats(this.index, Number(choice.value));
      this.go(0);
    });
    return choice;
  }

  makeQuizSwitch() {
    const made = el("button", { type: "button", "aria-pressed": "false", class: "quiz-switch" },
      "You are the event loop");
    made.addEventListener("click", () => {
      this.quiz.isOn = !this.quiz.isOn;
      made.setAttribute("aria-pressed", String(this.quiz.isOn));
      this.draw();
    });
    return made;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === ".") this.go(this.at + 1);
    else if (event.key === ",") this.go(this.at - 1);
    else return;
    event.preventDefault();
  }

  /**
   * Goes to a beat and tells the other views.
   * @param {number} at
   */
  go(at) {
    this.at = Math.max(0, Math.min(this.loop.beats.length - 1, at));
    const beat = this.loop.beats[this.at] ?? -1;
    this.draw();
    if (beat >= 0) this.shared.selectStep(beat, this.recording);
    else this.shared.set({ step: -1 });
  }

  /**
   * Goes to the beat of a step that was selected in another view.
   * @param {number} step
   */
  follow(step) {
    const { beats } = this.loop;
    if (beats[this.at] === step) return;
    const found = beats.findIndex((beat) => beat >= step);
    if (found < 0) return;
    this.at = found;
    this.draw();
  }

  draw() {
    const { index, loop, at, recording, shared } = this;
    const last = loop.beats.length - 1;
    if (this.slider) {
      this.slider.max = String(Math.max(last, 0));
      this.slider.value = String(at);
    }
    const beat = loop.beats[at];
    const time = beat >= 0 ? recording.steps.begin[beat] : recording.turns.idleBegin[~beat];
    const clock = `step ${count(at + 1)} of ${count(last + 1)}, at ${clockText(recording, time)}`;
    this.clock?.replaceChildren(clock);
    this.slider?.setAttribute("aria-valuetext", clock);
    const sentences = storyOf(index, loop, at).map(({ kind, pieces }) =>
      el("p", { class: `told ${kind}` }, ...sentenceNodes(pieces, recording, shared)));
    if (this.story) fill(this.story, ...sentences);
    this.quiz.draw(loop, at);
    const state = stateAfter(index, loop, at);
    shared.set({ curtain: this.quiz.isOn ? state.step : null });
    if (this.now) drawState(this.now, state, recording, shared, { hidesQueue: this.quiz.isOn });
    this.drawSource(state);
  }

  /** @param {import("./loop_state.js").LoopState} state */
  drawSource(state) {
    const beat = this.loop.beats[this.at];
    const { file, line, marks } = linesOfBeat(this.recording, beat, state);
    if (!this.code) return;
    if (file < 0) {
      fill(this.code, el("p", { class: "empty" }, "The source of this step was not recorded."));
      return;
    }
    let listing = this.listings.get(file);
    if (!listing?.row(line)) {
      listing = new Listing(this.recording.sources[file], line);
      listing.element.setAttribute("tabindex", "0");
      listing.element.setAttribute("role", "group");
      listing.element.setAttribute("aria-label", `Source of ${pathText(this.recording, file)}`);
      this.listings.set(file, listing);
    }
    if (listing.element.parentElement !== this.code) {
      const name = el("h3", {}, el("bdi", {}, pathText(this.recording, file)));
      fill(this.code, name, listing.element);
    }
    listing.mark(marks);
    listing.show(line);
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable
    || target.matches("input:not([type=range], [type=checkbox]), textarea, select"));
}
