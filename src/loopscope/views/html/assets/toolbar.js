// Above the timeline: search, filters, the axis, and what the signs mean.

import { el } from "./dom.js";
import { taskTitle } from "./describe.js";
import { State } from "./segments.js";
import { toggleTheme } from "./theme.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */
/** @typedef {import("./recording.js").Recording} Recording */

/** @type {[string, string, Set<number> | null][]} */
const STATES = [
  ["", "any state", null],
  ["running", "running", new Set([State.RUNNING, State.STALLED])],
  ["stalled", "stalled the loop", new Set([State.STALLED])],
  ["ready", "ready", new Set([State.READY])],
  ["suspended", "suspended", new Set([State.SLEEP, State.IO, State.SYNC, State.TASK])],
];
const LEGEND = [
  ["running", "running"], ["stalled", "stalls the loop"], ["ready", "ready, waits for the loop"],
  ["sleep", "sleeps"], ["io", "I/O, threads"], ["sync", "lock, queue"], ["task", "another task"],
  ["path", "critical path"],
];

/** @param {Timeline} timeline */
export function makeToolbar(timeline) {
  const { recording, scene } = timeline;
  const search = el("input", { type: "search", placeholder: "Search tasks", "aria-label": "Search tasks and what they wait for" });
  const state = select("State", STATES.map(([value, label]) => [value, label]));
  const kind = select("Wait kind", [["", "any wait"], ...kindsOf(recording).map((one) => [one, one])]);
  const file = select("File", [["", "any file"], ...filesOf(recording)]);
  const found = el("output", { class: "found" });
  const apply = () => {
    const states = STATES.find(([value]) => value === state.value)?.[2] ?? null;
    scene.wantedStates = states;
    scene.wantedKind = kind.value;
    scene.filterRows(wanted(recording, search.value, states, kind.value, file.value));
    const isAll = !search.value && !states && !kind.value && !file.value;
    const tasks = scene.groups.reduce((sum, group) => sum + group.shown.length, 0);
    found.textContent = isAll ? "" : tasks === 1 ? "1 task" : `${tasks} tasks`;
    timeline.invalidate();
  };
  for (const one of [search, state, kind, file]) one.addEventListener("input", apply);
  search.addEventListener("keydown", (event) => {
    const first = scene.rows.find((row) => row.task >= 0);
    if (event.key === "Enter" && first) timeline.shared.set({ task: first.task });
  });
  return el("div", { class: "toolbar", role: "group", "aria-label": "What the timeline shows" },
    search, state, kind, file, found, makeAxisSwitch(timeline), ...makeButtons(timeline), makeLegend());
}

/** @param {string} label @param {string[][]} options */
function select(label, options) {
  const made = el("select", { "aria-label": label });
  for (const [value, text] of options) made.append(el("option", { value }, text));
  return made;
}

/** @param {Timeline} timeline */
function makeAxisSwitch({ shared }) {
  const box = el("div", { class: "switch", role: "group", "aria-label": "Axis" });
  const names = /** @type {const} */ (["turns", "time"]);
  const buttons = names.map((axis) => {
    const hint = axis === "turns" ? "Each turn of the loop equally wide (T)" : "True to time (T)";
    const button = el("button", { type: "button", title: hint }, axis);
    button.addEventListener("click", () => shared.set({ axis }));
    return button;
  });
  const show = () => buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(names[i] === shared.state.axis)));
  shared.subscribe((changed) => changed.has("axis") && show());
  show();
  box.append(...buttons);
  return box;
}

/** @param {Timeline} timeline */
function makeButtons(timeline) {
  const { scene } = timeline;
  const middle = () => scene.nameWidth + scene.plotWidth / 2;
  /** @type {[string, string, () => void][]} */
  const actions = [
    ["+", "Zoom in (W)", () => scene.zoom(0.5, middle())],
    ["−", "Zoom out (S)", () => scene.zoom(2, middle())],
    ["All", "Show everything (0)", () => timeline.showAll()],
    ["◐", "Light or dark", toggleTheme],
  ];
  return actions.map(([text, hint, act]) => {
    const button = el("button", { type: "button", title: hint, "aria-label": hint }, text);
    button.addEventListener("click", () => {
      act();
      timeline.invalidate();
    });
    return button;
  });
}

function makeLegend() {
  return el("ul", { class: "legend", "aria-label": "Legend" }, ...LEGEND.map(([name, text]) =>
    el("li", {}, el("span", { class: `key key-${name}`, "aria-hidden": "true" }), text)));
}

/** @param {Recording} recording */
function kindsOf({ awaits }) {
  return [...new Set(awaits.map((one) => one.kind).filter(Boolean))].sort();
}

/** The program's own files. @param {Recording} recording @returns {string[][]} */
function filesOf({ files, places }) {
  const own = new Set(places.filter((place) => place.line && place.origin === 0).map((place) => place.file));
  return [...own].map((file) => [String(file), (files[file].split(/[\\/]/).pop() ?? "").slice(-60)]);
}

/**
 * Which tasks a search and the filters want: those with any segment that all of them want.
 * @param {Recording} recording
 * @param {string} text
 * @param {Set<number> | null} states
 * @param {string} kind
 * @param {string} file
 * @returns {(task: number) => boolean}
 */
export function wanted(recording, text, states, kind, file) {
  const { tasks, steps, awaits, places, info } = recording;
  const needle = text.trim().toLowerCase();
  const inFile = (/** @type {number} */ place) => !file || places[place].file === Number(file);
  const hasText = (/** @type {string} */ one) => one.toLowerCase().includes(needle);
  const waitFits = awaits.map((one) => (!kind || one.kind === kind)
    && (!file || inFile(one.place) || one.stack.some(inFile)));
  const waitHasText = awaits.map((one) => hasText(`${one.label} ${one.code}`));
  const steady = (/** @type {number} */ task) => {
    if (!needle || hasText(taskTitle(recording, task))) return true;
    for (let i = tasks.firstStep[task]; i >= 0; i = steps.next[i]) if (waitHasText[steps.what[i]]) return true;
    return false;
  };
  const isIn = (/** @type {number} */ task) => {
    if (!kind && inFile(tasks.coroutine[task])) return true;
    for (let i = tasks.firstStep[task]; i >= 0; i = steps.next[i]) if (waitFits[steps.what[i]] && steps.what[i]) return true;
    return false;
  };
  const has = (/** @type {number} */ task) => {
    if (!states) return true;
    const stalls = states.has(State.STALLED) && !states.has(State.RUNNING);
    const ready = states.has(State.READY);
    for (let i = tasks.firstStep[task]; i >= 0; i = steps.next[i]) {
      if (stalls && steps.end[i] - steps.begin[i] >= info.stallNs) return true;
      if (ready && steps.begin[i] > steps.due[i]) return true;
      if (!stalls && !ready) return true;
    }
    return false;
  };
  const any = !needle && !states && !kind && !file;
  return any ? () => true : (task) => steady(task) && isIn(task) && has(task);
}
