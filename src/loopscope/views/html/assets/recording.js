// The recording as all views read it: typed arrays over steps, turns and tasks, and few words.
//
// All times are nanoseconds since the first loop began to run. A task's life is running + ready +
// suspended: before each step it was suspended from `waitBegin` to `due` (or never, if `waitBegin`
// is -1), then ready to `begin`, then running to `end`.

/** How a step ended. @enum {number} */
export const StepEnd = { SUSPENDED: 0, RETURNED: 1, RAISED: 2, CANCELLED: 3, INTERRUPTED: 4, CALLBACK: 5 };
/** What made a step ready. @enum {number} */
export const Wake = { OUTSIDE: 0, STEP: 1, TIMER: 2, IO: 3, THREAD: 4, RESUMED: 5, UNKNOWN: 6 };
/** How a task ended. @enum {number} */
export const Fate = { PENDING: 0, RETURNED: 1, RAISED: 2, CANCELLED: 3, ABANDONED: 4 };
/** Whose code a place is. @enum {number} */
export const Origin = { USER: 0, LIBRARY: 1, STANDARD: 2, LOOPSCOPE: 3 };

/** How many callbacks a wake is followed through: a damaged trace may have them in a long line. */
export const LONGEST_CHAIN = 32;

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
 * Whether a step is asyncio's own work: a callback of its own, or a task that nobody wrote.
 * @param {Pick<Recording, "steps" | "tasks" | "places">} recording
 * @param {number} step
 */
export function isOwnWork({ steps, tasks, places }, step) {
  const row = steps.row[step];
  return row >= 0 ? !tasks.shown[row] : places[steps.what[step]].origin === Origin.STANDARD;
}
