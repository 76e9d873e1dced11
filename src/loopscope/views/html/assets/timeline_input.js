// What people do to the timeline: mouse, touch and keyboard.

import { el, fill } from "./dom.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */

const CLICK_PIXELS = 4;
const WHEEL_ZOOM = 0.0016;
const KEY_ZOOM_PER_MS = 0.0022;
const KEY_PIXELS_PER_MS = 0.9;
const LEAST_KEY_MS = 60;

/** @param {Timeline} timeline */
export function listen(timeline) {
  listenWheel(timeline);
  listenPointers(timeline);
  listenKeys(timeline);
}

/** @param {Timeline} timeline */
function listenWheel(timeline) {
  const { box, scene } = timeline;
  box.addEventListener("wheel", (event) => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 20 : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.ctrlKey || event.metaKey || event.altKey) scene.zoom(Math.exp(dy * WHEEL_ZOOM), event.offsetX);
    else if (event.shiftKey) scene.pan(dx || dy);
    else {
      scene.pan(dx);
      if (scene.mostScroll > 0) scene.setScroll(scene.scroll + dy);
      else scene.zoom(Math.exp(dy * WHEEL_ZOOM), event.offsetX);
    }
    timeline.invalidate();
  }, { passive: false });
}

/** @param {Timeline} timeline */
function listenPointers(timeline) {
  const { box, scene } = timeline;
  /** @type {Map<number, {x: number, y: number}>} */
  const pointers = new Map();
  let moved = 0;
  box.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    box.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    moved = 0;
  });
  box.addEventListener("pointermove", (event) => {
    const now = { x: event.offsetX, y: event.offsetY };
    const before = pointers.get(event.pointerId);
    if (!before) {
      showTip(timeline, now.x, now.y);
      return;
    }
    moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) pinch(timeline, before, now, other);
    else if (moved > CLICK_PIXELS) {
      scene.pan(before.x - now.x);
      scene.setScroll(scene.scroll + before.y - now.y);
    }
    pointers.set(event.pointerId, now);
    timeline.tip.hidden = true;
    timeline.invalidate();
  });
  const drop = (/** @type {PointerEvent} */ event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (event.type === "pointerup" && moved <= CLICK_PIXELS) click(timeline, event.offsetX, event.offsetY);
  };
  box.addEventListener("pointerup", drop);
  box.addEventListener("pointercancel", drop);
  box.addEventListener("pointerleave", () => (timeline.tip.hidden = true));
  box.addEventListener("dblclick", () => {
    if (timeline.shared.state.step >= 0) timeline.zoomTo(timeline.shared.state.step);
  });
}

/** Two fingers: zoom by how much farther apart they are, around the finger that stays. @typedef {{x: number, y: number}} Point */
/** @param {Timeline} timeline @param {Point} before @param {Point} now @param {Point} other */
function pinch({ scene }, before, now, other) {
  const apart = Math.max(Math.hypot(now.x - other.x, now.y - other.y), 1);
  scene.zoom(Math.hypot(before.x - other.x, before.y - other.y) / apart, (now.x + other.x) / 2);
}

/** @param {Timeline} timeline @param {number} x @param {number} y */
function click(timeline, x, y) {
  const { scene, shared, recording } = timeline;
  const lane = scene.laneAt(y);
  const row = scene.rows[scene.rowAt(y)];
  if (lane >= 0 && x >= scene.nameWidth) {
    const at = scene.segmentAt(scene.drawn.loops, lane, x);
    if (at >= 0 && scene.drawn.loops.step[at] >= 0) shared.selectStep(scene.drawn.loops.step[at], recording);
  } else if (row && row.task < 0) timeline.toggleGroup(row.group);
  else if (row) {
    const segments = scene.segmentsOf(row.task);
    const at = scene.segmentAt(segments, 0, x);
    const step = x >= scene.nameWidth && at >= 0 ? segments.step[at] : -1;
    shared.set({ task: row.task, step });
  } else shared.set({ task: -1, step: -1 });
}

/** @param {Timeline} timeline @param {number} x @param {number} y */
function showTip(timeline, x, y) {
  const { tip, scene, box } = timeline;
  const lines = timeline.textAt(x, y);
  tip.hidden = !lines.length;
  box.style.cursor = lines.length || scene.rows[scene.rowAt(y)]?.task === -1 ? "pointer" : "default";
  if (!lines.length) return;
  fill(tip, ...lines.map((line) => el("div", {}, line)));
  const left = Math.min(x + 14, scene.width - tip.offsetWidth - 6);
  const above = y + 18 + tip.offsetHeight > scene.height;
  tip.style.left = `${Math.max(left, 4)}px`;
  tip.style.top = `${above ? Math.max(y - tip.offsetHeight - 10, 0) : y + 18}px`;
}

/** Keys that act as long as they are held. @type {Record<string, (timeline: Timeline, ms: number) => void>} */
const HELD_KEYS = {
  w: ({ scene }, ms) => scene.zoom(Math.exp(-ms * KEY_ZOOM_PER_MS), scene.nameWidth + scene.plotWidth / 2),
  s: ({ scene }, ms) => scene.zoom(Math.exp(ms * KEY_ZOOM_PER_MS), scene.nameWidth + scene.plotWidth / 2),
  a: ({ scene }, ms) => scene.pan(-ms * KEY_PIXELS_PER_MS),
  d: ({ scene }, ms) => scene.pan(ms * KEY_PIXELS_PER_MS),
};

/** Keys that act once. @type {Record<string, (timeline: Timeline) => void>} */
const KEYS = {
  arrowup: (timeline) => moveTask(timeline, -1),
  arrowdown: (timeline) => moveTask(timeline, 1),
  arrowleft: (timeline) => moveStep(timeline, false),
  arrowright: (timeline) => moveStep(timeline, true),
  pageup: ({ scene }) => scene.setScroll(scene.scroll - scene.height * 0.8),
  pagedown: ({ scene }) => scene.setScroll(scene.scroll + scene.height * 0.8),
  home: ({ scene }) => scene.setScroll(0),
  end: ({ scene }) => scene.setScroll(Infinity),
  0: (timeline) => timeline.showAll(),
  f: (timeline) => timeline.shared.state.step >= 0 && timeline.zoomTo(timeline.shared.state.step),
  g: (timeline) => timeline.toggleGroup(),
  t: ({ shared }) => shared.set({ axis: shared.state.axis === "time" ? "turns" : "time" }),
  escape: ({ shared }) => shared.set({ task: -1, step: -1, line: null }),
};

/** @param {Timeline} timeline */
function listenKeys(timeline) {
  /** @type {Map<string, number>} when each held key last acted */
  const held = new Map();
  const act = () => {
    const now = performance.now();
    for (const [key, since] of held) {
      HELD_KEYS[key](timeline, now - since);
      held.set(key, now);
    }
    timeline.invalidate();
    if (held.size) requestAnimationFrame(act);
  };
  timeline.box.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (HELD_KEYS[key]) {
      if (!held.has(key)) {
        held.set(key, performance.now() - LEAST_KEY_MS);
        if (held.size === 1) act();
      }
    } else if (KEYS[key]) KEYS[key](timeline);
    else return;
    event.preventDefault();
    timeline.invalidate();
  });
  timeline.box.addEventListener("keyup", (event) => held.delete(event.key.toLowerCase()));
  timeline.box.addEventListener("blur", () => held.clear());
}

/** @param {Timeline} timeline @param {number} by */
function moveTask({ scene, shared }, by) {
  const tasks = scene.rows.filter((row) => row.task >= 0).map((row) => row.task);
  if (!tasks.length) return;
  const at = tasks.indexOf(shared.state.task);
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), tasks.length - 1);
  shared.set({ task: tasks[next], step: -1 });
}

/** @param {Timeline} timeline @param {boolean} forward */
function moveStep(timeline, forward) {
  const { shared, recording } = timeline;
  const { step, task } = shared.state;
  const { next, previous, row } = recording.steps;
  if (task < 0) {
    timeline.scene.pan(forward ? 80 : -80);
    return;
  }
  const isOwn = step >= 0 && row[step] === task;
  const first = forward ? recording.tasks.firstStep[task] : recording.tasks.lastStep[task];
  const to = isOwn ? (forward ? next : previous)[step] : first;
  if (to >= 0) shared.selectStep(to, recording);
}
