// Draws the rows: tasks, groups of tasks, and the lanes of the loops.

import { scan } from "./lod.js";
import { AXIS_HEIGHT, LANE_HEIGHT } from "./scene.js";
import { State, isSuspended } from "./segments.js";
import { stepTitle, waitLabel, waitedNs } from "./describe.js";
import { duration } from "./units.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./painter.js").Painter} Painter */
/** @typedef {import("./segments.js").Segments} Segments */

const LEAST_LABELLED = 40;
const LEAST_IDLE_NS = 20_000;

/** @param {Scene} scene @param {Painter} painter */
export function paintRows(scene, painter) {
  const { rows, nameWidth, barHeight, window } = scene;
  const [first, last] = scene.visibleRows;
  for (let index = first; index < last; index++) {
    const { task, group } = rows[index];
    const y = scene.y(index) + 3;
    if (task < 0) {
      paintCrowd(scene, painter, group, y);
      continue;
    }
    const segments = scene.segmentsOf(task);
    scan(segments, 0, window, {
      wide: (at, left, right) => paintSegment(scene, painter, segments, at, nameWidth + left, right - left, y),
      dense: (pixel, _first, ran, stalled, ready) => {
        painter.column(nameWidth + pixel, y, barHeight, ran, stalled, ready);
      },
    });
    if (scene.predicted) paintPredicted(scene, painter, task, y + barHeight + 2);
  }
}

/**
 * @param {Scene} scene
 * @param {Painter} painter
 * @param {Segments} segments
 * @param {number} at
 * @param {number} x
 * @param {number} width
 * @param {number} y
 */
function paintSegment(scene, painter, segments, at, x, width, y) {
  const { recording, barHeight } = scene;
  const state = segments.state[at];
  if (state === State.NONE) return;
  if (!isWanted(scene, segments, at)) {
    painter.dim(x, y, width, barHeight);
    return;
  }
  if (isMarked(scene, segments, at)) painter.marked.push(x, y - 2, Math.max(width, 2), barHeight + 4);
  painter.bar(state, x, y, width, barHeight);
  if (width < LEAST_LABELLED) return;
  const step = segments.step[at];
  if (isSuspended(state)) {
    const texts = waitLabels(recording, segments, at);
    painter.label({ x, y, width, height: barHeight, texts, loud: false });
  } else if (state === State.STALLED) {
    const held = duration(recording.steps.end[step] - recording.steps.begin[step]);
    painter.label({ x, y, width, height: barHeight, texts: [held], loud: true });
  }
}

/**
 * What to write into a suspended segment, the longest first: the width of a turn does not tell how
 * long it was.
 * @param {Scene["recording"]} recording
 * @param {Segments} segments
 * @param {number} at
 */
function waitLabels(recording, segments, at) {
  const label = waitLabel(recording, segments.wait[at]);
  const waited = waitedNs(recording, segments, at);
  const [what] = label.split(" :");
  return [`${label} · ${duration(waited)}`, label, what];
}

/** Whether the selected line of source is about a segment. @param {Scene} scene @param {Segments} segments @param {number} at */
function isMarked({ lineMark }, { state, wait, step }, at) {
  if (!lineMark) return false;
  if (isSuspended(state[at])) return lineMark.waits.has(wait[at]);
  return state[at] === State.STALLED && lineMark.steps.has(step[at]);
}

/** @param {Scene} scene @param {Segments} segments @param {number} at */
function isWanted({ recording, wantedStates, wantedKind }, { state, wait }, at) {
  if (wantedStates && !wantedStates.has(state[at])) return false;
  return !wantedKind || recording.awaits[wait[at]].kind === wantedKind;
}

/**
 * A row of many tasks: in each pixel how many ran, were stalled, were ready, lived.
 * @param {Scene} scene
 * @param {Painter} painter
 * @param {number} group
 * @param {number} y
 */
function paintCrowd(scene, painter, group, y) {
  const { nameWidth, barHeight, plotWidth } = scene;
  const crowd = scene.crowd(group);
  const { size } = crowd;
  crowd.walk(scene.from, 1 / scene.scale, plotWidth, (pixel, { running, stalled, ready, alive }) => {
    if (alive === 0 && running === 0) return;
    painter.column(nameWidth + pixel, y, barHeight, running / size, stalled / size, ready / size, alive / size);
  });
}

/**
 * @param {Scene} scene
 * @param {Painter} painter
 * @param {number} task
 * @param {number} y
 */
function paintPredicted(scene, painter, task, y) {
  const { predicted, nameWidth, window } = scene;
  if (!predicted) return;
  const height = 7;
  scan(predicted, task, window, {
    wide: (at, left, right) => painter.bar(predicted.state[at], nameWidth + left, y, right - left, height),
    dense: (pixel, _first, ran, stalled, ready) => painter.column(nameWidth + pixel, y, height, ran, stalled, ready),
  });
}

/** What the one thread of each loop did. @param {Scene} scene @param {Painter} painter */
export function paintLanes(scene, painter) {
  const { drawn, nameWidth, window, recording } = scene;
  const { loops } = drawn;
  const height = LANE_HEIGHT - 8;
  for (let lane = 0; lane < scene.lanes; lane++) {
    const y = AXIS_HEIGHT + lane * LANE_HEIGHT + 4;
    scan(loops, lane, window, {
      wide: (at, left, right) => {
        painter.bar(loops.state[at], nameWidth + left, y, right - left, height);
        if (right - left < LEAST_LABELLED) return;
        const texts = laneTexts(recording, loops, at);
        painter.label({ x: nameWidth + left, y, width: right - left, height, texts, loud: false });
      },
      dense: (pixel, _first, ran, stalled) => {
        painter.column(nameWidth + pixel, y, height, ran, stalled, 0, 0);
      },
    });
  }
}

/**
 * @param {import("./recording.js").Recording} recording
 * @param {import("./segments.js").Segments} loops
 * @param {number} at
 */
function laneTexts(recording, loops, at) {
  const step = loops.step[at];
  if (loops.state[at] === State.IDLE) {
    const turn = recording.steps.turn[step];
    const idle = recording.turns.idleEnd[turn] - recording.turns.idleBegin[turn];
    return idle >= LEAST_IDLE_NS ? [`idle ${duration(idle)}`, duration(idle)] : [];
  }
  return loops.state[at] === State.RUNNING || loops.state[at] === State.STALLED ? [stepTitle(recording, step)] : [];
}
