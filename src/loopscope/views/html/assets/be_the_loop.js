// The game "You are the event loop": the viewer says what happens next and is told why not.

import { el, fill } from "./dom.js";
import { sentenceNodes } from "./pieces.js";
import { choicesAfter, judge } from "./quiz.js";
import { pieceText, storyOf } from "./step_story.js";

/**
 * @typedef {import("./loop_state.js").LoopIndex} LoopIndex
 * @typedef {import("./loop_state.js").LoopBeats} LoopBeats
 * @typedef {import("./quiz.js").Choice} Choice
 * @typedef {import("./quiz.js").Verdict} Verdict
 * @typedef {import("./shared.js").Shared} Shared
 */

const HISTORY = 4;

export class BeTheLoop {
  /**
   * @param {LoopIndex} index
   * @param {Shared} shared
   * @param {() => void} advance goes to the next beat
   */
  constructor(index, shared, advance) {
    this.index = index;
    this.shared = shared;
    this.advance = advance;
    this.isOn = false;
    this.rightCount = 0;
    this.askedCount = 0;
    this.isFirstTry = true;
    this.isAnswered = false;
    this.verdict = el("p", { class: "verdict", role: "status" });
    this.question = el("div", { class: "question" });
    this.history = el("ol", { class: "history" });
    this.element = el("div", { class: "quiz", hidden: true }, this.verdict, this.question, this.history);
  }

  /**
   * Asks what comes after a beat.
   * @param {LoopBeats} loop
   * @param {number} at
   */
  draw(loop, at) {
    this.element.hidden = !this.isOn;
    if (!this.isOn) {
      fill(this.verdict);
      this.rightCount = this.askedCount = 0;
      return;
    }
    if (!this.isAnswered) fill(this.verdict);
    this.isAnswered = false;
    this.isFirstTry = true;
    this.drawHistory(loop, at);
    if (at + 1 >= loop.beats.length) {
      fill(this.question, el("p", {}, `That was all. ${this.score()}`));
      return;
    }
    const buttons = choicesAfter(this.index, loop, at).map((choice) => this.button(loop, at, choice));
    fill(this.question, el("h3", {}, "What happens next?"), el("div", { class: "choices" }, ...buttons),
      el("p", { class: "score" }, this.score()));
  }

  /**
   * @param {LoopBeats} loop
   * @param {number} at
   * @param {Choice} choice
   */
  button(loop, at, choice) {
    const made = el("button", { type: "button", class: "choice" }, this.label(choice));
    made.addEventListener("click", () => {
      const verdict = judge(this.index, loop, at, choice);
      if (this.isFirstTry) {
        this.askedCount++;
        if (verdict.isRight) this.rightCount++;
      }
      this.isFirstTry = false;
      this.tell(verdict);
      if (!verdict.isRight) {
        made.classList.add("wrong");
        made.setAttribute("aria-disabled", "true");
        return;
      }
      this.isAnswered = true;
      this.advance();
      this.question.querySelector("button")?.focus();
    });
    return made;
  }

  /** @param {Choice} choice */
  label({ row, callback }) {
    if (row >= 0) return el("bdi", {}, pieceText(this.index.recording, { row }));
    if (callback >= 0) return el("bdi", {}, `${this.index.recording.places[callback].function}()`);
    return "nobody: the loop waits";
  }

  /** @param {Verdict} verdict */
  tell({ isRight, why }) {
    this.verdict.className = `verdict ${isRight ? "right" : "wrong"}`;
    const sign = isRight ? "✓ " : "✗ ";
    fill(this.verdict, sign, ...sentenceNodes(why, this.index.recording, this.shared));
  }

  score() {
    return this.askedCount ? `${this.rightCount} of ${this.askedCount} right at once.` : "";
  }

  /**
   * Tells the beats before, since the order in which tasks became ready follows from them.
   * @param {LoopBeats} loop
   * @param {number} at
   */
  drawHistory(loop, at) {
    const from = Math.max(0, at - HISTORY);
    const items = [];
    for (let each = at - 1; each >= from; each--) {
      const pieces = storyOf(this.index, loop, each).flatMap(({ pieces }) => [...pieces, " "]);
      items.push(el("li", {}, ...sentenceNodes(pieces, this.index.recording, this.shared)));
    }
    fill(this.history, ...(items.length ? [el("li", { class: "head" }, "Before that:"), ...items] : []));
  }
}
