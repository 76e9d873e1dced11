// The timeline: joins scene, painters, toolbar, minimap and input, and keeps the store up to date.

import { curtainPosition, paintCurtain } from "./curtain.js";
import { el } from "./dom.js";
import { describeSegment, fateOf, taskTitle } from "./describe.js";
import { lineMark } from "./line_mark.js";
import { listen } from "./timeline_input.js";
import { Minimap } from "./minimap.js";
import { Painter } from "./painter.js";
import { paintAxis, paintNames } from "./paint_axis.js";
import { paintArrows, paintFates, paintPath, paintPredictedEnd, paintSelection, paintStalls } from "./paint_marks.js";
import { paintLanes, paintRows } from "./paint_rows.js";
import { Scene } from "./scene.js";
import { isRunning } from "./segments.js";
import { onThemeChange, readColours } from "./theme.js";
import { makeToolbar } from "./toolbar.js";
import { count } from "./units.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./shared.js").Shared} Shared */

const LABEL = "Timeline. W and S zoom, A and D move, arrow keys choose a task and its steps, "
  + "F shows the selected step, 0 shows everything, T changes the axis, G opens or closes groups.";

export class Timeline {
  /** @param {HTMLElement} root @param {Recording} recording @param {Shared} shared */
  constructor(root, recording, shared) {
    this.recording = recording;
    this.shared = shared;
    this.scene = new Scene(recording);
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.box = el("div", { class: "canvas-box", tabindex: "0", role: "application", "aria-label": LABEL }, this.canvas);
    this.tip = el("div", { class: "tip", hidden: true });
    this.said = el("p", { class: "said", "aria-live": "polite" });
    this.badge = el("p", { class: "badge", hidden: true });
    this.box.append(this.tip, this.badge);
    this.colours = readColours();
    const context = this.canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("this browser cannot draw on a canvas");
    this.context = context;
    this.painter = new Painter(context, this.colours);
    this.minimap = new Minimap(this);
    this.isQueued = false;
    root.append(makeToolbar(this), this.minimap.canvas, this.box, this.said);
    this.begin();
  }

  begin() {
    const { shared, scene } = this;
    new ResizeObserver(() => this.resize()).observe(this.box);
    onThemeChange(() => this.recolour());
    listen(this);
    shared.subscribe((changed, state) => this.follow(changed, state));
    if (shared.state.axis === "turns") {
      scene.changeAxis("turns");
      scene.show(scene.drawn.axis.begin, scene.drawn.axis.end);
    }
    this.fitRows();
    this.resize();
    addEventListener("beforeprint", () => this.draw());
  }

  /** Takes no more height than the rows need: the panels below can use the rest. */
  fitRows() {
    const { top, rows, rowHeight } = this.scene;
    this.box.style.setProperty("--rows-height", `${top + rows.length * rowHeight + 24}px`);
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.box;
    this.canvas.width = Math.max(Math.round(width * ratio), 1);
    this.canvas.height = Math.max(Math.round(height * ratio), 1);
    this.scene.resize(width, height);
    this.scene.setScroll(this.scene.scroll);
    this.minimap.resize();
    this.draw();
  }

  recolour() {
    this.colours = readColours();
    this.painter.colours = this.colours;
    this.minimap.resize();
    this.invalidate();
  }

  /** Draws with the next frame, and lets the other views know what is visible. */
  invalidate() {
    if (this.isQueued) return;
    this.isQueued = true;
    requestAnimationFrame(() => {
      this.isQueued = false;
      this.draw();
      this.tell();
    });
  }

  draw() {
    const { scene, context, colours, painter, canvas } = this;
    const ratio = canvas.width / Math.max(scene.width, 1);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = colours.page;
    context.fillRect(0, 0, scene.width, scene.height);
    paintAxis(scene, context, colours);
    this.clipped(scene.top - 2, () => {
      paintStalls(scene, context, colours);
      paintRows(scene, painter);
      painter.flush();
      paintFates(scene, context, colours);
    });
    this.clipped(0, () => {
      paintLanes(scene, painter);
      painter.flush();
      paintPath(scene, context, colours);
    });
    this.clipped(0, () => {
      this.showHidden(paintArrows(scene, context, colours));
      paintSelection(scene, context, colours);
      paintPredictedEnd(scene, context, colours);
      const curtain = scene.x(curtainPosition(scene, this.shared.state.curtain));
      paintCurtain(context, colours.page, curtain, scene.width, scene.height);
    });
    paintNames(scene, context, colours);
    this.minimap.draw();
  }

  /** @param {number} top @param {() => void} paint */
  clipped(top, paint) {
    const { context, scene } = this;
    context.save();
    context.beginPath();
    context.rect(scene.nameWidth, top, scene.plotWidth, scene.height);
    context.clip();
    paint();
    context.restore();
  }

  /** @param {number} hidden */
  showHidden(hidden) {
    this.badge.hidden = !hidden;
    this.badge.textContent = hidden ? `${count(hidden)} more wakes: zoom in to see them` : "";
  }

  /** Tells the store what is visible, in ns. */
  tell() {
    const { axis } = this.scene.drawn;
    this.isTelling = true;
    this.shared.set({ from: axis.time(this.scene.from), to: axis.time(this.scene.to) });
    this.isTelling = false;
  }

  /** @param {Set<string>} changed @param {import("./shared.js").State} state */
  follow(changed, state) {
    const { scene } = this;
    if (this.isTelling) return;
    if (changed.has("axis")) scene.changeAxis(state.axis);
    if (changed.has("prediction")) this.setPrediction(state.prediction);
    if (changed.has("from") || changed.has("to")) {
      const { axis } = scene.drawn;
      scene.show(axis.position(state.from), axis.position(state.to));
    }
    if (changed.has("task") && state.task !== scene.selectedTask) {
      scene.select(state.task);
      if (state.task >= 0) scene.reveal(state.task);
    }
    if (changed.has("step")) this.followStep(state.step);
    if (changed.has("line")) scene.lineMark = state.line && lineMark(this.recording, state.line);
    this.invalidate();
  }

  /** @param {number} step */
  followStep(step) {
    const { scene } = this;
    scene.selectedStep = step;
    if (step < 0) return;
    const { stepBegin, stepEnd } = scene.drawn.axis;
    const range = scene.to - scene.from;
    if (stepBegin[step] < scene.from || stepEnd[step] > scene.to) {
      scene.show(stepBegin[step] - range / 2, stepBegin[step] + range / 2);
    }
  }

  /** Draws a predicted run under the real one. @param {import("./shared.js").PredictedSteps | null} prediction */
  setPrediction(prediction) {
    if (prediction && this.shared.state.axis !== "time") this.shared.set({ axis: "time" });
    this.scene.setPrediction(prediction);
    this.fitRows();
    this.invalidate();
  }

  /** Zooms to a step and what is around it. @param {number} step */
  zoomTo(step) {
    const { axis } = this.scene.drawn;
    const length = Math.max(axis.stepEnd[step] - axis.stepBegin[step], axis.least);
    const middle = (axis.stepBegin[step] + axis.stepEnd[step]) / 2;
    this.scene.show(middle - 4 * length, middle + 4 * length);
    this.invalidate();
  }

  showAll() {
    const { axis } = this.scene.drawn;
    this.scene.show(axis.begin, axis.end);
    this.invalidate();
  }

  /** Opens or closes a group, or all of them. @param {number} [group] */
  toggleGroup(group) {
    const { groups } = this.scene;
    const some = group === undefined ? groups : [groups[group]];
    const isOpen = !some.every((one) => one.isOpen);
    for (const one of some) one.isOpen = isOpen;
    this.scene.listRows();
    this.fitRows();
    this.invalidate();
  }

  /** What is at a place, in lines; none for nothing. @param {number} x @param {number} y @returns {string[]} */
  textAt(x, y) {
    const { scene, recording } = this;
    if (x < scene.nameWidth) return this.nameAt(y);
    const lane = scene.laneAt(y);
    const index = scene.rowAt(y);
    if (lane < 0 && (index < 0 || scene.rows[index].task < 0)) return [];
    const segments = lane >= 0 ? scene.drawn.loops : scene.segmentsOf(scene.rows[index].task);
    const at = scene.segmentAt(segments, Math.max(lane, 0), x);
    if (at < 0) return [];
    const lines = describeSegment(recording, segments, at).filter(Boolean);
    return lines.length && lane < 0 ? [taskTitle(recording, scene.rows[index].task), ...lines] : lines;
  }

  /** @param {number} y */
  nameAt(y) {
    const { scene, recording } = this;
    const row = scene.rows[scene.rowAt(y)];
    if (!row || row.task < 0) return [];
    return [taskTitle(recording, row.task), fateOf(recording, row.task)];
  }

  /** Reads out the selected step. */
  say() {
    const { recording, scene, shared } = this;
    const { step, task } = shared.state;
    const lines = task >= 0 ? [taskTitle(recording, task), fateOf(recording, task)] : [];
    if (step >= 0 && recording.steps.row[step] >= 0) {
      const segments = scene.segmentsOf(recording.steps.row[step]);
      for (let i = 0; i < segments.count; i++) {
        const isRun = segments.step[i] === step && isRunning(segments.state[i]);
        if (isRun) lines.push(...describeSegment(recording, segments, i));
      }
    }
    this.said.textContent = lines.filter(Boolean).join(" · ");
  }
}

/** @type {import("./shared.js").View} */
export const timelineView = {
  name: "timeline",
  mount(root, recording, shared) {
    const timeline = new Timeline(root, recording, shared);
    shared.subscribe((changed) => {
      if (changed.has("step") || changed.has("task")) timeline.say();
    });
    performance.mark("loopscope-timeline");
    Object.defineProperty(root, "timeline", { value: timeline }); // for benchmarks and tests
  },
};
