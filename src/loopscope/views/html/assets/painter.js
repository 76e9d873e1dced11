// Collects what a frame draws, colour by colour, and draws it: changing colours is what costs.

import { State, STATE_COUNT } from "./segments.js";
import { heights } from "./lod.js";

/** @typedef {import("./theme.js").Colours} Colours */

const THIN = 3;
const LEAST_DASHED = 10;
const MOST_LABELS = 400;
export const LABEL_FONT = "11px system-ui, sans-serif";

/**
 * @typedef {{x: number, y: number, width: number, height: number, texts: string[], loud: boolean}} Label
 *   the first of the texts that fits is written
 */

/**
 * Adds a box a pixel wide, to the last one where that ends here and is as high.
 * @param {number[]} boxes
 * @param {number} x
 * @param {number} y
 * @param {number} height
 */
function extend(boxes, x, y, height) {
  const last = boxes.length - 4;
  if (last >= 0 && boxes[last] + boxes[last + 2] === x && boxes[last + 1] === y && boxes[last + 3] === height) {
    boxes[last + 2]++;
  } else boxes.push(x, y, 1, height);
}

export class Painter {
  /** @param {CanvasRenderingContext2D} context @param {Colours} colours */
  constructor(context, colours) {
    this.context = context;
    this.colours = colours;
    /** @type {number[][]} filled boxes by state: x, y, width, height */
    this.boxes = Array.from({ length: STATE_COUNT }, () => []);
    /** @type {number[][]} lines of suspended segments that are long enough for a pattern */
    this.lines = Array.from({ length: STATE_COUNT }, () => []);
    /** @type {number[]} what a filter does not want */
    this.dimmed = [];
    /** @type {number[]} what the selected line of source is about */
    this.marked = [];
    /** @type {number[]} the suspended rest of dense columns */
    this.rest = [];
    /** @type {Label[]} */
    this.labels = [];
    /** @type {Map<string, number>} */
    this.widths = new Map();
  }

  /** The colour of a state. @param {number} state */
  colour(state) {
    const { running, stalled, ready, sleep, io, sync, task, idle } = this.colours;
    return [running, stalled, ready, sleep, io, sync, task, running, idle, running, idle][state];
  }

  /**
   * A segment as wide as a pixel or wider.
   * @param {number} state
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  bar(state, x, y, width, height) {
    if (state === State.NONE) return;
    const shown = Math.max(width, 1);
    if (state <= State.READY) this.boxes[state].push(x, y, shown, height);
    else if (state === State.CALLBACK) this.boxes[state].push(x, y + height * 0.62, shown, height * 0.38);
    else if (shown >= LEAST_DASHED && height > THIN) this.lines[state].push(x, y + height / 2, shown);
    else this.boxes[state].push(x, y + (height - THIN) / 2, shown, Math.min(THIN, height));
  }

  /**
   * What a filter does not want of a row.
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  dim(x, y, width, height) {
    this.dimmed.push(x, y + height / 2 - 1, Math.max(width, 1), 2);
  }

  /**
   * A pixel column that several segments share: a stack of their shares, running at the bottom.
   * @param {number} x
   * @param {number} y
   * @param {number} height
   * @param {number} ran
   * @param {number} stalled
   * @param {number} ready
   * @param {number} [filled]  the share of the height that is filled at all
   */
  column(x, y, height, ran, stalled, ready, filled = 1) {
    // Whole pixels: columns of equal height then become one box.
    const [a, b, c] = heights([ran, stalled, ready], height).map(Math.ceil);
    let top = y + height;
    const boxes = this.boxes;
    if (a) extend(boxes[State.RUNNING], x, (top -= a), a);
    if (b) extend(boxes[State.STALLED], x, (top -= b), b);
    if (c) extend(boxes[State.READY], x, (top -= c), c);
    const quiet = Math.ceil(filled * height) - a - b - c;
    if (quiet > 0) extend(this.rest, x, top - quiet, quiet);
  }

  /** @param {Label} label */
  label(label) {
    if (this.labels.length < MOST_LABELS) this.labels.push(label);
  }

  /** Draws everything that was collected, the quiet first, and forgets it. */
  flush() {
    this.context.globalAlpha = 0.3;
    this.fill(this.marked, this.colours.accent);
    this.context.globalAlpha = 1;
    this.fill(this.rest, this.colours.rest);
    this.fill(this.dimmed, this.colours.rest);
    for (const state of [State.IDLE, State.SLEEP, State.IO, State.SYNC, State.TASK, State.HELD]) {
      this.fill(this.boxes[state], this.colour(state));
      this.stroke(state);
    }
    this.fill(this.boxes[State.READY], this.colours.ready);
    this.fill(this.boxes[State.CALLBACK], this.colours.running);
    this.fill(this.boxes[State.RUNNING], this.colours.running);
    this.hatch(this.boxes[State.STALLED]);
    this.write();
  }

  /** @param {number[]} boxes @param {string} colour */
  fill(boxes, colour) {
    if (!boxes.length) return;
    const { context } = this;
    context.fillStyle = colour;
    for (let i = 0; i < boxes.length; i += 4) context.fillRect(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]);
    boxes.length = 0;
  }

  /** Suspended: a line whose stroke names the kind of wait. @param {number} state */
  stroke(state) {
    const lines = this.lines[state];
    if (!lines.length) return;
    const { context } = this;
    context.strokeStyle = this.colour(state);
    context.lineWidth = state === State.TASK || state === State.IDLE ? 1.25 : THIN;
    context.setLineDash(state === State.IO ? [7, 4] : state === State.SYNC ? [2.5, 3.5] : []);
    context.beginPath();
    for (let i = 0; i < lines.length; i += 3) {
      const [x, y, width] = [lines[i], lines[i + 1], lines[i + 2]];
      for (const offset of state === State.TASK ? [-2, 2] : [0]) {
        context.moveTo(x, y + offset);
        context.lineTo(x + width, y + offset);
      }
    }
    context.stroke();
    context.setLineDash([]);
    lines.length = 0;
  }

  /** Stalled: hatched, so that it differs from running without colour. @param {number[]} boxes */
  hatch(boxes) {
    if (!boxes.length) return;
    const { context } = this;
    const wide = [];
    for (let i = 0; i < boxes.length; i += 4) if (boxes[i + 2] > 5) wide.push(...boxes.slice(i, i + 4));
    this.fill(boxes, this.colours.stalled);
    context.strokeStyle = this.colours.page;
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    for (let i = 0; i < wide.length; i += 4) {
      const [x, y, width, height] = wide.slice(i, i + 4);
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
      context.beginPath();
      for (let from = x - height; from < x + width; from += 6) {
        context.moveTo(from, y + height);
        context.lineTo(from + height, y);
      }
      context.stroke();
      context.restore();
    }
    context.globalAlpha = 1;
  }

  /** Writes the labels that fit. */
  write() {
    const { context, colours } = this;
    context.font = LABEL_FONT;
    for (const { x, y, width, height, texts, loud } of this.labels) {
      const text = texts.find((one) => this.measure(one) + 16 <= width);
      if (!text) continue;
      const room = this.measure(text) + 8;
      context.fillStyle = loud ? colours.stalled : colours.page;
      context.fillRect(x + 6, y + 1, room, height - 2);
      context.fillStyle = loud ? colours.page : colours.text;
      context.fillText(text, x + 10, y + height / 2 + 4);
    }
    this.labels.length = 0;
  }

  /** @param {string} text */
  measure(text) {
    let width = this.widths.get(text);
    if (width === undefined) {
      this.context.font = LABEL_FONT;
      width = this.context.measureText(text).width;
      this.widths.set(text, width);
    }
    return width;
  }
}
