// What the timeline shows at a moment: which rows, which range of the axis, where on the canvas.

import { timeAxis, turnAxis } from "./axes.js";
import { causingSteps, wakesOf } from "./causes.js";
import { Crowd } from "./groups.js";
import { firstFrom, lastUpTo } from "./search_sorted.js";
import { listRows, makeGroups } from "./rows.js";
import { isRunning, loopSegments, taskSegments, waitStates } from "./segments.js";
import { predictedSegments } from "./prediction.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./axes.js").Axis} Axis */
/** @typedef {import("./segments.js").Segments} Segments */
/** @typedef {import("./rows.js").Row} Row */
/**
 * @typedef {{axis: Axis, loops: Segments, tasks: Map<number, Segments>, crowds: Map<number, Crowd>}} Drawn
 *   tasks and crowds are made when they are first seen
 */

export const AXIS_HEIGHT = 22;
export const LANE_HEIGHT = 26;
const ROW_HEIGHT = 20;
const PREDICTED_HEIGHT = 10;
/** More loops than this have no lane of their own. */
const MOST_LANES = 4;

export class Scene {
  /** @param {Recording} recording */
  constructor(recording) {
    this.recording = recording;
    this.groups = makeGroups(recording);
    this.waitStates = waitStates(recording);
    this.lanes = Math.min(recording.loops.length, MOST_LANES);
    /** @type {Map<string, Drawn>} */
    this.byAxis = new Map();
    this.drawn = this.useAxis("time");
    this.from = this.drawn.axis.begin;
    this.to = this.drawn.axis.end;
    this.width = 1;
    this.height = 1;
    this.nameWidth = 0;
    this.plotWidth = 1;
    /** pixels to a unit of the axis */
    this.scale = 1;
    this.scroll = 0;
    /** @type {Row[]} from top to bottom */
    this.rows = [];
    /** @type {Int32Array} the index in `rows` of each task, or of the group that holds it; or -1 */
    this.rowOfTask = new Int32Array(recording.tasks.count).fill(-1);
    /** @type {(task: number) => boolean} */
    this.isWanted = () => true;
    this.selectedTask = -1;
    this.selectedStep = -1;
    /** @type {number[]} */
    this.wakes = [];
    /** @type {Int32Array | null} */
    this.causes = null;
    /** @type {Segments | null} */
    this.predicted = null;
    this.predictedEnd = 0;
    /** @type {Set<number> | null} states that a filter wants, null for all */
    this.wantedStates = null;
    this.wantedKind = "";
    /** @type {import("./line_mark.js").LineMark | null} what the selected line of source marks */
    this.lineMark = null;
    /** @type {Map<number, import("./recording.js").Failure>} by task */
    this.failures = new Map(recording.failures.map((one) => [one.row, one]));
    /** @type {number[]} the steps that stalled a loop, in order */
    this.stalls = [];
    const { steps, info } = recording;
    for (let i = 0; i < steps.count; i++) if (steps.end[i] - steps.begin[i] >= info.stallNs) this.stalls.push(i);
    this.path = recording.path.slice().reverse();
    this.listRows();
  }

  /** @param {"time" | "turns"} name */
  useAxis(name) {
    let drawn = this.byAxis.get(name);
    if (!drawn) {
      const axis = name === "time" ? timeAxis(this.recording) : turnAxis(this.recording);
      drawn = { axis, tasks: new Map(), loops: loopSegments(this.recording, axis), crowds: new Map() };
      this.byAxis.set(name, drawn);
    }
    this.drawn = drawn;
    return drawn;
  }

  /** @param {(task: number) => boolean} isWanted */
  filterRows(isWanted) {
    this.isWanted = isWanted;
    for (const drawn of this.byAxis.values()) drawn.crowds.clear();
    this.listRows();
  }

  listRows() {
    this.rows = listRows(this.recording, this.groups, this.isWanted);
    this.rowOfTask.fill(-1);
    this.rows.forEach(({ task, group }, index) => {
      if (task >= 0) this.rowOfTask[task] = index;
      else for (const one of this.groups[group].shown) this.rowOfTask[one] = index;
    });
    this.setScroll(this.scroll);
  }

  /** The segments of a task, a single row. @param {number} task */
  segmentsOf(task) {
    let segments = this.drawn.tasks.get(task);
    if (!segments) {
      segments = taskSegments(this.recording, this.drawn.axis, this.waitStates, task);
      this.drawn.tasks.set(task, segments);
    }
    return segments;
  }

  /** @param {number} group */
  crowd(group) {
    let crowd = this.drawn.crowds.get(group);
    if (!crowd) {
      crowd = new Crowd(this.recording, this.drawn.axis, this.groups[group].shown);
      this.drawn.crowds.set(group, crowd);
    }
    return crowd;
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    this.width = width;
    this.height = height;
    this.nameWidth = width < 640 ? 104 : 184;
    this.plotWidth = Math.max(this.width - this.nameWidth, 1);
    this.scale = this.plotWidth / (this.to - this.from);
  }

  get rowHeight() {
    return ROW_HEIGHT + (this.predicted ? PREDICTED_HEIGHT : 0);
  }

  get barHeight() {
    return ROW_HEIGHT - 6;
  }

  /** Where the rows begin. */
  get top() {
    return AXIS_HEIGHT + this.lanes * LANE_HEIGHT + 4;
  }

  get window() {
    return { from: this.from, to: this.to, width: this.plotWidth };
  }

  /** @param {number} position */
  x(position) {
    return this.nameWidth + (position - this.from) * this.scale;
  }

  /** @param {number} x */
  position(x) {
    return this.from + (x - this.nameWidth) / this.scale;
  }

  /** The top of a row. @param {number} index */
  y(index) {
    return this.top + index * this.rowHeight - this.scroll;
  }

  /** The row at a height, -1 for none. @param {number} y */
  rowAt(y) {
    const index = Math.floor((y - this.top + this.scroll) / this.rowHeight);
    return y < this.top || index >= this.rows.length ? -1 : index;
  }

  /** The loop whose lane is at a height, -1 for none. @param {number} y */
  laneAt(y) {
    const lane = Math.floor((y - AXIS_HEIGHT) / LANE_HEIGHT);
    return y >= AXIS_HEIGHT && lane < this.lanes ? lane : -1;
  }

  /** The first and the last row that can be seen, the last one not included. */
  get visibleRows() {
    const first = Math.max(Math.floor(this.scroll / this.rowHeight), 0);
    const last = Math.ceil((this.scroll + this.height - this.top) / this.rowHeight);
    return [first, Math.min(Math.max(last, first), this.rows.length)];
  }

  get mostScroll() {
    return Math.max(this.rows.length * this.rowHeight - (this.height - this.top) + 8, 0);
  }

  /** @param {number} scroll */
  setScroll(scroll) {
    this.scroll = Math.min(Math.max(scroll, 0), this.mostScroll);
  }

  /** Shows a range of the axis, as far as there is one. @param {number} from @param {number} to */
  show(from, to) {
    const { begin, end, least } = this.drawn.axis;
    const range = Math.min(Math.max(to - from, least), end - begin);
    const first = (from + to) / 2 - range / 2;
    this.from = Math.min(Math.max(first, begin), end - range);
    this.to = this.from + range;
    this.scale = this.plotWidth / range;
  }

  /** @param {number} pixels */
  pan(pixels) {
    const by = pixels / this.scale;
    this.show(this.from + by, this.to + by);
  }

  /** Makes the range so many times as long; what is at x stays there. @param {number} factor @param {number} x */
  zoom(factor, x) {
    const { begin, end, least } = this.drawn.axis;
    const range = Math.min(Math.max((this.to - this.from) * factor, least), end - begin);
    const share = (x - this.nameWidth) / this.plotWidth;
    const from = this.position(x) - share * range;
    this.show(from, from + range);
  }

  /** @param {"time" | "turns"} name */
  changeAxis(name) {
    const before = this.drawn.axis;
    if (before.name === name) return;
    const isAll = this.to - this.from > (before.end - before.begin) * 0.999;
    const [from, to] = [before.time(this.from), before.time(this.to)];
    const { axis } = this.useAxis(name);
    this.predicted = null;
    if (isAll) this.show(axis.begin, axis.end);
    else this.show(axis.position(from), axis.position(to));
  }

  /** @param {number} task */
  select(task) {
    this.selectedTask = task;
    this.causes ??= causingSteps(this.recording);
    this.wakes = task >= 0 ? wakesOf(this.recording, this.causes, task) : [];
  }

  /** @param {import("./shared.js").PredictedSteps | null} prediction */
  setPrediction(prediction) {
    this.predicted = prediction && predictedSegments(this.recording, prediction);
    this.predictedEnd = prediction?.total ?? 0;
    this.setScroll(this.scroll);
  }

  /**
   * The segment of a row at a place, -1 for none. Thin ones count for two pixels on either side.
   * @param {Segments} segments
   * @param {number} row
   * @param {number} x
   */
  segmentAt(segments, row, x) {
    const stop = segments.first[row + 1];
    const at = lastUpTo(segments.start, this.position(x), segments.first[row], stop);
    const near = firstFrom(segments.start, this.position(x - 2), segments.first[row], stop);
    for (let i = near; i < stop && segments.start[i] <= this.position(x + 2); i++) {
      if (isRunning(segments.state[i])) return i; // however thin
    }
    return at < segments.first[row] ? -1 : at;
  }

  /** Scrolls a task into view. @param {number} task */
  reveal(task) {
    const index = this.rowOfTask[task] ?? -1;
    if (index < 0) return;
    const y = this.y(index);
    if (y < this.top) this.setScroll(this.scroll + y - this.top);
    else if (y + this.rowHeight > this.height) this.setScroll(this.scroll + y + this.rowHeight - this.height);
  }
}
