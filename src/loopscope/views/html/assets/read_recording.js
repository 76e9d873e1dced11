// Makes the recording of what decode.js read: undoes the differences that step_columns.py wrote, and
// links steps with their tasks, wakes and turns.

import { LONGEST_CHAIN, StepEnd, Wake } from "./recording.js";

/**
 * @typedef {import("./decode.js").Columns} Columns
 * @typedef {import("./recording.js").Await} Await
 * @typedef {import("./recording.js").Jobs} Jobs
 * @typedef {import("./recording.js").Loop} Loop
 * @typedef {import("./recording.js").Place} Place
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./recording.js").Steps} Steps
 * @typedef {import("./recording.js").Tasks} Tasks
 * @typedef {import("./recording.js").Turns} Turns
 */

/**
 * Makes the recording of what decode.js read.
 * @param {Columns} columns
 * @param {any} words
 * @param {Record<string, any>} [panels]
 * @returns {Recording}
 */
export function makeRecording(columns, words, panels = {}) {
  const tasks = readTasks(columns, words.names);
  const firstSteps = sums(columns, "turnSteps");
  const steps = readSteps(columns, firstSteps);
  linkTasks(steps, tasks, words.waiting);
  findOrigins(steps);
  const recording = {
    info: words.info,
    begin: 0,
    end: 0,
    loops: words.loops.map(readLoop),
    steps,
    turns: readTurns(columns, firstSteps, steps),
    tasks,
    jobs: readJobs(columns, words.threads),
    awaits: words.awaits.map(readAwait),
    places: words.places.map((/** @type {any[]} */ row) => readPlace(row, words.files)),
    files: words.files,
    sources: words.sources,
    objects: new Map(words.objects.map((/** @type {any[]} */ [id, type, size]) => [id, { type, size }])),
    failures: words.failures,
    stalls: words.stalls,
    waiting: words.waiting.map((/** @type {number[]} */ [row, since, wait]) => ({ row, since, wait })),
    path: Int32Array.from(sums(columns, "path"), (value) => -value),
    panels,
  };
  [recording.begin, recording.end] = extent(recording);
  return recording;
}

/**
 * @param {Columns} columns
 * @param {string} name
 * @returns {import("./decode.js").Column}
 */
function column(columns, name) {
  const found = columns.get(name);
  if (!found) throw new Error(`The report holds no column ${name}.`);
  return found;
}

/**
 * Undoes the counting from 1, where 0 is none.
 * @param {import("./decode.js").Column} values
 */
function lessOne(values) {
  const numbers = new Int32Array(values.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = values[i] - 1;
  return numbers;
}

// How step_columns.py writes rows: 0 is no task, 1 the waker's, from 2 on the row itself.
const SAME_ROW = 1;
const FIRST_ROW = 2;

/**
 * Adds up a column of differences.
 * @param {Columns} columns
 * @param {string} name
 */
function sums(columns, name) {
  const values = new Float64Array(column(columns, name));
  for (let i = 1; i < values.length; i++) values[i] += values[i - 1];
  return values;
}

/**
 * @param {Columns} columns
 * @param {Float64Array} firstSteps  of the turns
 * @returns {Steps}
 */
function readSteps(columns, firstSteps) {
  const gap = new Float64Array(column(columns, "gap"));
  const idle = column(columns, "idle");
  const idleAfter = column(columns, "idleAfter");
  firstSteps.forEach((step, turn) => (gap[step] += idle[turn] + idleAfter[turn]));
  const duration = column(columns, "duration");
  const distance = column(columns, "waker");
  const readyIn = column(columns, "readyIn");
  const readyBefore = column(columns, "readyBefore");
  const code = column(columns, "row");
  const count = gap.length;
  const begin = new Float64Array(count);
  const end = new Float64Array(count);
  const ready = new Float64Array(count);
  const waker = new Int32Array(count);
  const row = new Int32Array(count);
  let now = 0;
  let woken = 0;
  let others = 0;
  for (let i = 0; i < count; i++) {
    begin[i] = now += gap[i];
    end[i] = now += duration[i];
    waker[i] = distance[i] ? i - distance[i] : -1;
    ready[i] = distance[i] ? end[waker[i]] - readyIn[woken++] : begin[i] - readyBefore[others++];
    row[i] = code[i] === SAME_ROW ? row[waker[i]] : code[i] - FIRST_ROW;
    if (!code[i]) row[i] = -1;
  }
  return {
    count, begin, end, ready, waker, row,
    due: ready.slice(),
    job: lessOne(column(columns, "job")),
    wake: column(columns, "wake"),
    how: column(columns, "how"),
    what: column(columns, "what"),
    object: column(columns, "object"),
    origin: new Uint8Array(column(columns, "wake")),
    turn: new Int32Array(count).fill(-1),
    previous: new Int32Array(count).fill(-1),
    next: new Int32Array(count).fill(-1),
    waitBegin: new Float64Array(count).fill(-1),
    wait: new Uint32Array(count),
  };
}

/**
 * Links the steps of each task, and tells each step the suspension that ended with it.
 * @param {Steps} steps
 * @param {Tasks} tasks
 * @param {number[][]} waiting
 */
function linkTasks(steps, tasks, waiting) {
  const { row, previous, next, wake, waitBegin, wait, end, what } = steps;
  for (let i = 0; i < steps.count; i++) {
    const task = row[i];
    if (task < 0) continue;
    const before = tasks.lastStep[task];
    tasks.lastStep[task] = i;
    if (before < 0) {
      tasks.firstStep[task] = i;
      continue;
    }
    previous[i] = before;
    next[before] = i;
    if (wake[i] === Wake.RESUMED) continue;
    waitBegin[i] = end[before];
    wait[i] = what[before];
  }
  for (const [task, since, entry] of waiting) {
    const first = tasks.firstStep[task];
    if (first < 0 || since > steps.ready[first]) continue;
    waitBegin[first] = since;
    wait[first] = entry;
  }
}

/**
 * Follows each wake through callbacks to its root, and finds out when timers were due.
 * @param {Steps} steps
 */
function findOrigins(steps) {
  const { how, wake, waker, ready, due, origin, waitBegin } = steps;
  for (let i = 0; i < steps.count; i++) {
    let root = i;
    for (let n = 0; n < LONGEST_CHAIN && wake[root] === Wake.STEP && waker[root] >= 0; n++) {
      if (how[waker[root]] !== StepEnd.CALLBACK) break;
      root = waker[root];
    }
    origin[i] = wake[root];
    if (origin[i] === Wake.TIMER) due[i] = ready[root];
    if (due[i] < waitBegin[i]) due[i] = waitBegin[i];
  }
}

/**
 * @param {Columns} columns
 * @param {Float64Array} first
 * @param {Steps} steps
 * @returns {Turns}
 */
function readTurns(columns, first, steps) {
  const idle = column(columns, "idle");
  const idleAfter = column(columns, "idleAfter");
  const count = first.length;
  const idleBegin = new Float64Array(count);
  const idleEnd = new Float64Array(count);
  for (let turn = 0; turn < count; turn++) {
    idleEnd[turn] = steps.begin[first[turn]] - idleAfter[turn];
    idleBegin[turn] = idleEnd[turn] - idle[turn];
    steps.turn.fill(turn, first[turn], turn + 1 < count ? first[turn + 1] : steps.count);
  }
  return { count, idleBegin, idleEnd, firstStep: Int32Array.from(first) };
}

/**
 * @param {Columns} columns
 * @param {string[]} name
 * @returns {Tasks}
 */
function readTasks(columns, name) {
  const count = name.length;
  return {
    count,
    name,
    id: sums(columns, "taskId"),
    created: sums(columns, "taskCreated"),
    ended: sums(columns, "taskEnded"),
    fate: column(columns, "taskFate"),
    shown: column(columns, "taskShown"),
    coroutine: column(columns, "taskCoroutine"),
    creator: column(columns, "taskCreator"),
    parent: lessOne(column(columns, "taskParent")),
    firstStep: new Int32Array(count).fill(-1),
    lastStep: new Int32Array(count).fill(-1),
  };
}

/**
 * @param {Columns} columns
 * @param {string[]} thread
 * @returns {Jobs}
 */
function readJobs(columns, thread) {
  const begin = sums(columns, "jobBegin");
  const duration = column(columns, "jobDuration");
  const end = begin.map((time, i) => time + duration[i]);
  return { count: begin.length, begin, end, place: column(columns, "jobPlace"), thread };
}

/** @param {any} loop @returns {Loop} */
function readLoop(loop) {
  const runs = loop.runs.map((/** @type {number[]} */ [begin, end, firstStep, stopStep]) =>
    ({ begin, end, firstStep, stopStep }));
  return { ...loop, runs };
}

/** @param {any[]} row @returns {Await} */
function readAwait([kind, label, phrase, place, caller, code, stack]) {
  return { kind, label, phrase, place, caller, code, stack };
}

const LONGEST_NAME = 100;

/** @param {any[]} row @param {string[]} files @returns {Place} */
function readPlace([file, name, line, endLine, column, endColumn, firstLine, origin], files) {
  const short = line ? `${(files[file].split(/[\\/]/).pop() ?? "").slice(-LONGEST_NAME)}:${line}` : name;
  return { file, function: name, line, endLine, column, endColumn, firstLine, origin, short };
}

/** @param {Recording} recording @returns {[number, number]} */
function extent({ loops, steps, tasks }) {
  let begin = 0;
  let end = 1;
  for (const loop of loops) for (const run of loop.runs) end = Math.max(end, run.end);
  for (let i = 0; i < tasks.count; i++) if (tasks.shown[i]) begin = Math.min(begin, tasks.created[i]);
  for (let i = 0; i < steps.count; i++) if (steps.end[i] > end) end = steps.end[i];
  return [begin, end];
}
