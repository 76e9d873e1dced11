// Draws what lies over the rows: stalls, the critical path, wakes, ends of tasks, the selection.

import { Fate } from "./recording.js";
import { AXIS_HEIGHT, LANE_HEIGHT } from "./scene.js";
import { LABEL_FONT } from "./painter.js";
import { duration } from "./units.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./theme.js").Colours} Colours */
/** @typedef {CanvasRenderingContext2D} Context */

const MOST_ARROWS = 300;
const PATH_WIDTH = 2.5;
const LEAST_BAND = 1.5;
const PIXELS_A_BAND = 6;

/**
 * A stall holds everybody: a band over all rows. Where stalls are many, only those that can be told
 * apart have one.
 * @param {Scene} scene
 * @param {Context} context
 * @param {Colours} colours
 */
export function paintStalls(scene, context, colours) {
  const { stalls, nameWidth, drawn: { axis: { stepBegin, stepEnd } } } = scene;
  const visible = stalls.filter((step) => stepEnd[step] >= scene.from && stepBegin[step] <= scene.to);
  const least = visible.length > scene.plotWidth / PIXELS_A_BAND ? LEAST_BAND : 0;
  context.fillStyle = colours.band;
  for (const step of visible) {
    const left = Math.max(scene.x(stepBegin[step]), nameWidth);
    const width = scene.x(stepEnd[step]) - left;
    if (width >= least) context.fillRect(left, AXIS_HEIGHT, Math.max(width, LEAST_BAND), scene.height);
  }
}

/** The critical path: a line under what the total is made of. @param {Scene} scene @param {Context} context @param {Colours} colours */
export function paintPath(scene, context, colours) {
  const { recording: { steps }, path, drawn: { axis } } = scene;
  context.strokeStyle = colours.path;
  context.lineWidth = PATH_WIDTH;
  context.beginPath();
  let i = firstEnding(scene, scene.from, 0);
  while (i < path.length) {
    const step = path[i];
    const before = i > 0 ? path[i - 1] : -1;
    const from = before >= 0 ? axis.stepEnd[before] : axis.stepBegin[step];
    if (from > scene.to) break;
    const isWait = before >= 0 && before === steps.previous[step];
    const left = isWait ? scene.x(from) : scene.x(Math.min(axis.readyAt(step), axis.stepBegin[step]));
    const y = underline(scene, step);
    context.moveTo(scene.x(axis.stepEnd[step]), y);
    context.lineTo(left, y);
    if (before >= 0) context.lineTo(left, underline(scene, before));
    // Parts that end in the same half of a pixel would only be drawn over each other.
    i = firstEnding(scene, axis.stepEnd[step] + 0.5 / scene.scale, i + 1);
  }
  context.stroke();
}

/**
 * The first part of the path that does not end before a position.
 * @param {Scene} scene
 * @param {number} position
 * @param {number} first  where to begin
 */
function firstEnding({ path, drawn: { axis } }, position, first) {
  let low = first;
  let step = 1;
  let high = low;
  while (high < path.length && axis.stepEnd[path[high]] < position) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = Math.min(high, path.length);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (axis.stepEnd[path[middle]] < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the line of the path runs for a step: under its row, or under its loop's lane. @param {Scene} scene @param {number} step */
function underline(scene, step) {
  const row = scene.recording.steps.row[step];
  const index = row >= 0 ? scene.rowOfTask[row] : -1;
  const y = index >= 0 ? scene.y(index) + scene.barHeight + 3.5 : -Infinity;
  return Math.max(y, AXIS_HEIGHT + scene.lanes * LANE_HEIGHT - 2);
}

/** Who woke the selected task, and whom it woke. @param {Scene} scene @param {Context} context @param {Colours} colours @returns {number} how many are left out */
export function paintArrows(scene, context, colours) {
  const { wakes, causes, drawn: { axis }, recording: { steps } } = scene;
  if (!causes) return 0;
  context.strokeStyle = context.fillStyle = colours.text;
  context.lineWidth = 1.1;
  let shown = 0;
  let hidden = 0;
  for (const step of wakes) {
    const at = axis.readyAt(step);
    if (at > scene.to || axis.stepBegin[step] < scene.from) continue;
    const to = scene.rowOfTask[steps.row[step]];
    const cause = causes[step];
    const from = cause >= 0 ? scene.rowOfTask[steps.row[cause]] : -1;
    if (to < 0 || (cause >= 0 && (from < 0 || from === to))) continue;
    if (++shown > MOST_ARROWS) hidden++;
    else {
      const top = cause >= 0 ? scene.y(from) + 3 + scene.barHeight / 2 : AXIS_HEIGHT + LANE_HEIGHT - 6;
      paintArrow(context, scene.x(at), top, scene.y(to) + 3 + scene.barHeight / 2, cause < 0);
    }
  }
  return hidden;
}

/** @param {Context} context @param {number} x @param {number} top @param {number} y @param {boolean} isOutside */
function paintArrow(context, x, top, y, isOutside) {
  const sign = y > top ? 1 : -1;
  const bend = Math.min(20, 6 + Math.abs(y - top) * 0.12);
  context.setLineDash(isOutside ? [3, 3] : []);
  context.beginPath();
  context.moveTo(x, top);
  context.bezierCurveTo(x + bend, top, x + bend, y, x + 3, y - sign * 2);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + 7, y - sign * 1.5);
  context.lineTo(x + 3.5, y - sign * 6.5);
  context.fill();
}

/** How tasks ended: a tick, a cross with what was raised, a crossed circle. @param {Scene} scene @param {Context} context @param {Colours} colours */
export function paintFates(scene, context, colours) {
  const { rows, failures, recording: { tasks }, drawn: { axis } } = scene;
  const [first, last] = scene.visibleRows;
  context.font = LABEL_FONT;
  for (let index = first; index < last; index++) {
    const { task } = rows[index];
    if (task < 0 || tasks.firstStep[task] < 0 || !tasks.fate[task]) continue;
    const { start, count } = scene.segmentsOf(task);
    const end = start[count - 1];
    const x = scene.x(end) + 7;
    if (x < scene.nameWidth || x > scene.width || end > axis.end) continue;
    const y = scene.y(index) + 3 + scene.barHeight / 2;
    paintFate(context, colours, tasks.fate[task], x, y);
    const failure = tasks.fate[task] === Fate.RAISED && failures.get(task);
    if (failure) context.fillText(failure.exception, x + 9, y + 4);
  }
}

/** @param {Context} context @param {Colours} colours @param {number} fate @param {number} x @param {number} y */
function paintFate(context, colours, fate, x, y) {
  context.lineWidth = 2;
  context.beginPath();
  if (fate === Fate.RETURNED) {
    context.strokeStyle = colours.done;
    context.moveTo(x - 4, y);
    context.lineTo(x - 1, y + 3);
    context.lineTo(x + 4, y - 4);
  } else if (fate === Fate.RAISED) {
    context.strokeStyle = context.fillStyle = colours.failed;
    context.moveTo(x - 4, y - 4);
    context.lineTo(x + 4, y + 4);
    context.moveTo(x + 4, y - 4);
    context.lineTo(x - 4, y + 4);
  } else {
    context.strokeStyle = colours.cancelled;
    context.arc(x, y, 4.5, 0, 7);
    context.moveTo(x - 3, y + 3);
    context.lineTo(x + 3, y - 3);
  }
  context.stroke();
}

/** The selected step: a line through everything, and a frame. @param {Scene} scene @param {Context} context @param {Colours} colours */
export function paintSelection(scene, context, colours) {
  const { selectedStep: step, drawn: { axis }, recording: { steps } } = scene;
  if (step < 0) return;
  const left = scene.x(axis.stepBegin[step]);
  const right = scene.x(axis.stepEnd[step]);
  if (right < scene.nameWidth || left > scene.width) return;
  context.strokeStyle = colours.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(left, AXIS_HEIGHT);
  context.lineTo(left, scene.height);
  context.stroke();
  const index = steps.row[step] >= 0 ? scene.rowOfTask[steps.row[step]] : -1;
  const y = index >= 0 ? scene.y(index) + 3 : AXIS_HEIGHT + 4;
  if (index >= 0 && y < scene.top) return;
  context.lineWidth = 2;
  context.strokeStyle = colours.text;
  context.strokeRect(left - 1.5, y - 1.5, Math.max(right - left, 1) + 3, scene.barHeight + 3);
}

/** Where the predicted run ends. @param {Scene} scene @param {Context} context @param {Colours} colours */
export function paintPredictedEnd(scene, context, colours) {
  if (!scene.predicted) return;
  const x = scene.x(scene.predictedEnd);
  if (x < scene.nameWidth || x > scene.width) return;
  context.strokeStyle = context.fillStyle = colours.accent;
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(x, AXIS_HEIGHT);
  context.lineTo(x, scene.height);
  context.stroke();
  context.setLineDash([]);
  context.font = LABEL_FONT;
  context.fillText(`predicted end ${duration(scene.predictedEnd)}`, x + 5, scene.height - 8);
}
