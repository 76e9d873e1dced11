// Draws the axis with its marks, and the names at the left.

import { markDistance } from "./axes.js";
import { AXIS_HEIGHT, LANE_HEIGHT } from "./scene.js";
import { count, duration, moment } from "./units.js";
import { taskTitle } from "./describe.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./theme.js").Colours} Colours */
/** @typedef {CanvasRenderingContext2D} Context */

const MARK_WIDTH = { time: 110, turns: 130 };
const NAME_FONT = "12px system-ui, sans-serif";

/** @param {Scene} scene @param {Context} context @param {Colours} colours */
export function paintAxis(scene, context, colours) {
  const { from, to, nameWidth, drawn: { axis } } = scene;
  const isTurns = axis.name === "turns";
  const distance = markDistance(to - from, Math.max(scene.plotWidth / MARK_WIDTH[axis.name], 2), isTurns ? 1 : 1e-3);
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colours.quiet;
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  for (let number = Math.ceil(from / distance); number * distance < to; number++) {
    const position = number * distance;
    const x = Math.round(scene.x(position)) + 0.5;
    if (x < nameWidth || (isTurns && position < 0)) continue;
    context.moveTo(x, 4);
    context.lineTo(x, scene.height);
    context.fillText(isTurns ? turnMark(axis, position) : moment(position, distance), x + 4, 15);
  }
  context.stroke();
}

/** Which turn, and when it began. @param {import("./axes.js").Axis} axis @param {number} position */
function turnMark(axis, position) {
  return `turn ${count(Math.round(position) + 1)} · ${duration(Math.max(axis.time(position), 0))}`;
}

/** @param {Scene} scene @param {Context} context @param {Colours} colours */
export function paintNames(scene, context, colours) {
  const { nameWidth, rows, groups, recording } = scene;
  const [first, last] = scene.visibleRows;
  context.fillStyle = colours.page;
  context.fillRect(0, 0, nameWidth - 1, scene.height);
  context.font = NAME_FONT;
  for (let index = first; index < last; index++) {
    const { task, group } = rows[index];
    const y = scene.y(index);
    const isSelected = task >= 0 && task === scene.selectedTask;
    if (isSelected) {
      context.fillStyle = colours.panel;
      context.fillRect(0, y, nameWidth - 1, scene.rowHeight);
      context.fillStyle = colours.accent;
      context.fillRect(0, y, 3, scene.rowHeight);
    }
    context.fillStyle = isSelected ? colours.accent : colours.text;
    const sign = groups[group]?.isOpen ? "▾" : "▸";
    const title = task >= 0
      ? taskTitle(recording, task)
      : `${sign} ${groups[group].name} × ${count(groups[group].shown.length)}`;
    const indent = task >= 0 && group >= 0 ? 22 : 10;
    write(context, title, indent, y + 14, nameWidth - indent - 8);
  }
  paintLaneNames(scene, context, colours);
}

/** @param {Scene} scene @param {Context} context @param {Colours} colours */
function paintLaneNames({ recording, lanes, nameWidth, height, top }, context, colours) {
  context.fillStyle = colours.page;
  context.fillRect(0, 0, nameWidth - 1, top - 2);
  context.fillStyle = colours.quiet;
  for (let lane = 0; lane < lanes; lane++) {
    const { id, thread } = recording.loops[lane];
    const name = lanes > 1 ? `loop ${id} · ${thread}` : "the loop";
    write(context, name, 10, AXIS_HEIGHT + lane * LANE_HEIGHT + 17, nameWidth - 18);
  }
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(nameWidth - 0.5, 0);
  context.lineTo(nameWidth - 0.5, height);
  context.stroke();
}

/** @type {Map<string, string>} texts cut to a width, which takes many looks at the font */
const cuts = new Map();
const MOST_CUTS = 5000;

/** Writes a text, cut to a width. @param {Context} context @param {string} text @param {number} x @param {number} y @param {number} width */
function write(context, text, x, y, width) {
  const key = `${width} ${text}`;
  let shown = cuts.get(key);
  if (shown === undefined) {
    if (cuts.size > MOST_CUTS) cuts.clear();
    shown = cut(context, text, width);
    cuts.set(key, shown);
  }
  context.fillText(`\u2068${shown}\u2069`, x, y); // isolated: names may be written from right to left
}

/** @param {Context} context @param {string} text @param {number} width */
function cut(context, text, width) {
  let length = Math.min(text.length, 80);
  if (length === text.length && context.measureText(text).width <= width) return text;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
}
