// The recording as all views read it: typed arrays over steps, turns and tasks, and few words.
//
// All times are nanoseconds since the first loop began to run. A task's life is running + ready +
// suspended: before each step it was suspended from `waitBegin` to `due` (or never, if `waitBegin`
// is -1), then ready to `begin`, then running to `end`.

/** @typedef {import("./decode.js").Columns} Columns */

/** How a step ended. @enum {number} */
export const StepEnd = { SUSPENDED: 0, RETURNED: 1, RAISED: 2, CANCELLED: 3, INTERRUPTED: 4, CALLBACK: 5 };
/** What made a step ready. @enum {number} */
export const Wake = { OUTSIDE: 0, STEP: 1, TIMER: 2, IO: 3, THREAD: 4, RESUMED: 5, UNKNOWN: 6 };
/** How a task ended. @enum {number} */
export const Fate = { PENDING: 0, RETURNED: 1, RAISED: 2, CANCELLED: 3, ABANDONED: 4 };
/** Whose code a place is. @enum {number} */
export const Origin = { USER: 0, LIBRARY: 1, STANDARD: 2, LOOPSCOPE: 3 };

/**
 * @typedef {object} Info
 * @property {string} program
 * @property {string} directory
 * @property {string} python
 * @property {number | null} seed  that of a simulated run, null for a recording of reality
 * @property {number} stallNs  from which duration on a step is a stall
 * @property {number} totalNs
 * @property {number} wallNs
 * @property {number} lostCount
 * @property {boolean} isComplete
 * @property {string} damage
 */
/**
 * All steps of all loops, those of a loop in the order they ran, loops one after another.
 * @typedef {object} Steps
 * @property {number} count
 * @property {Int32Array} row  the task, -1 for a callback that belongs to no task
 * @property {Float64Array} begin
 * @property {Float64Array} end
 * @property {Float64Array} ready  when it was put into the ready queue
 * @property {Float64Array} due  as `ready`, but of a timer when it was due: the loop may notice later
 * @property {Int32Array} waker  the step that woke this one, -1 for none
 * @property {ArrayLike<number>} wake  a `Wake`
 * @property {Uint8Array} origin  the `Wake` at the root, with callbacks in between left out
 * @property {ArrayLike<number>} how  a `StepEnd`
 * @property {ArrayLike<number>} what  of a task: what it awaits at the end of the step (index of
 *   `awaits`, 0 for nothing); of a callback: its place (index of `places`)
 * @property {ArrayLike<number>} object  the number of the thing awaited, 0 for a nameless future
 * @property {Int32Array} job  the job in `jobs` that woke it, -1 for none
 * @property {Int32Array} turn  the turn it belongs to, -1 if the recording began within it
 * @property {Int32Array} previous  the step of the same task before this one, -1 for the first
 * @property {Int32Array} next  the step of the same task after this one, -1 for the last
 * @property {Float64Array} waitBegin  when the suspension that ended with this step began, -1: none
 * @property {Uint32Array} wait  what that suspension was for (index of `awaits`), 0 for none
 */
/**
 * @typedef {object} Turns
 * @property {number} count
 * @property {Float64Array} idleBegin
 * @property {Float64Array} idleEnd
 * @property {Int32Array} firstStep
 */
/**
 * @typedef {object} Tasks
 * @property {number} count
 * @property {Float64Array} id
 * @property {string[]} name
 * @property {Float64Array} created
 * @property {Float64Array} ended
 * @property {ArrayLike<number>} fate  a `Fate`
 * @property {ArrayLike<number>} shown  0 for asyncio's own tasks
 * @property {ArrayLike<number>} coroutine  a place
 * @property {ArrayLike<number>} creator  the place that made it, 0 for none
 * @property {Int32Array} parent  the row of the task that made it, -1 for none
 * @property {Int32Array} firstStep  -1 for a task that never ran
 * @property {Int32Array} lastStep
 */
/**
 * @typedef {object} Jobs  what worker threads did
 * @property {number} count
 * @property {Float64Array} begin
 * @property {Float64Array} end
 * @property {ArrayLike<number>} place
 * @property {string[]} thread
 */
/**
 * @typedef {object} Await  something that tasks wait for
 * @property {string} kind  "sleep", "io", "lock", "queue", "task" and so on; "" for index 0
 * @property {string} label  a word or two: "sleep", "get", "gather"
 * @property {string} phrase  continues "waits for"
 * @property {number} place  the innermost line of the program's own code
 * @property {number} caller  the program's line that called its function, 0 for none
 * @property {string} code  the source text of what is awaited
 * @property {number[]} stack  places, outermost first
 */
/**
 * @typedef {object} Place
 * @property {number} file  index of `files`
 * @property {string} function
 * @property {number} line  from 1; 0 where there is no source
 * @property {number} endLine
 * @property {number} column  in UTF-8 bytes, -1 where it is not known
 * @property {number} endColumn
 * @property {number} firstLine  of the function
 * @property {number} origin  an `Origin`
 * @property {string} short  "file.py:12"
 */
/** @typedef {{begin: number, end: number, firstStep: number, stopStep: number}} LoopRun */
/** @typedef {{id: number, thread: string, className: string, runs: LoopRun[]}} Loop */
/**
 * @typedef {{row: number, time: number, exception: string, message: string, place: number,
 *   retrieved: boolean}} Failure
 */
/**
 * @typedef {{place: number, inside: number, call: string, kind: string, heldNs: number,
 *   longestNs: number, delayedTasks: number, delayedNs: number, steps: number[]}} Stall
 */
/**
 * @typedef {object} Recording
 * @property {Info} info
 * @property {number} begin  the earliest time that is drawn, 0 or less
 * @property {number} end  the latest time that is drawn
 * @property {Loop[]} loops  the most important one first
 * @property {Steps} steps
 * @property {Turns} turns
 * @property {Tasks} tasks
 * @property {Jobs} jobs
 * @property {Await[]} awaits
 * @property {Place[]} places
 * @property {string[]} files
 * @property {string[]} sources  the text by file, "" where it is not known
 * @property {Map<number, {type: string, size: number}>} objects  locks, queues ... by number
 * @property {Failure[]} failures
 * @property {Stall[]} stalls  one a line of the program, the worst first
 * @property {{row: number, since: number, wait: number}[]} waiting  suspensions that were there
 *   when the recording began
 * @property {Int32Array} path  the steps on the critical path, latest first
 * @property {Record<string, any>} panels  what Python prepared for a view, by the view's name
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
 * Whether a step is asyncio's own work: a callback of its own, or a task that nobody wrote.
 * @param {Pick<Recording, "steps" | "tasks" | "places">} recording
 * @param {number} step
 */
export function isOwnWork({ steps, tasks, places }, step) {
  const row = steps.row[step];
  return row >= 0 ? !tasks.shown[row] : places[steps.what[step]].origin === Origin.STANDARD;
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

/** How many callbacks a wake is followed through: a damaged trace may have them in a long line. */
export const LONGEST_CHAIN = 32;

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
