// What a loop has before it at one moment: who is ready, in which order, who waits for what.
//
// Pure: typed arrays in, plain values out. Beats are what a viewer steps through: the steps of
// tasks and of the program's own callbacks, and the times in which the loop has nothing to do.
// asyncio's own callbacks are no beats; in the queue they stand for the tasks they will wake.

import { LONGEST_CHAIN, Origin, StepEnd, Wake } from "./recording.js";
import { firstFrom } from "./search_sorted.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {{ recording: Recording, wokenStart: Int32Array, woken: Int32Array,
 *   rowStart: Int32Array, rowSteps: Int32Array }} LoopIndex
 * @typedef {{ firstStep: number, stopStep: number, beats: Int32Array }} LoopBeats
 * @typedef {{ step: number, stop: number, turn: number, time: number }} Cut
 * @typedef {{ step: number, row: number, via: number, isNew: boolean }} ReadyEntry
 * @typedef {{ row: number, since: number, next: number, awaited: number, due: number,
 *   isTimer: boolean, isNew: boolean }} WaitingEntry
 * @typedef {{ step: number, time: number, ready: ReadyEntry[], timers: WaitingEntry[],
 *   waiting: WaitingEntry[], overCount: number, notYetCount: number }} LoopState
 * @typedef {{ kind: number, row: number, step: number }} Cause
 */

/** A look for I/O takes some time also where it does not wait. */
const LEAST_IDLE_NS = 50_000;

/**
 * Whether a task is over with a step that ended this way.
 * @param {number} how
 */
export function isFinal(how) {
  return how === StepEnd.RETURNED || how === StepEnd.RAISED || how === StepEnd.CANCELLED;
}

/**
 * Sort numbers into groups: `start[g]` to `start[g + 1]` are the members of group g, in order.
 * @param {Int32Array} groupOf the group of each member, -1 for none
 * @param {number} count how many groups there are
 */
function group(groupOf, count) {
  const start = new Int32Array(count + 1);
  for (const at of groupOf) if (at >= 0) start[at + 1]++;
  for (let at = 0; at < count; at++) start[at + 1] += start[at];
  const next = start.slice(0, count);
  const members = new Int32Array(start[count]);
  for (let member = 0; member < groupOf.length; member++) {
    const at = groupOf[member];
    if (at >= 0) members[next[at]++] = member;
  }
  return { start, members };
}

/**
 * Prepare a recording for questions; linear in the number of its steps.
 * @param {Recording} recording
 * @returns {LoopIndex}
 */
export function makeIndex(recording) {
  const { row, waker } = recording.steps;
  const rows = group(row, recording.tasks.count);
  const woken = group(waker, recording.steps.count);
  return {
    recording,
    rowStart: rows.start,
    rowSteps: rows.members,
    wokenStart: woken.start,
    woken: woken.members,
  };
}

/**
 * Return what a viewer steps through in one loop: a step by its index, an idle time as ~turn.
 * @param {LoopIndex} index
 * @param {number} at which of the recording's loops
 * @returns {LoopBeats}
 */
export function loopBeats(index, at) {
  const { recording } = index;
  const { runs } = recording.loops[at];
  const [firstStep, stopStep] = [runs[0]?.firstStep ?? 0, runs.at(-1)?.stopStep ?? 0];
  const beats = [];
  let seen = firstStep < stopStep ? recording.steps.turn[firstStep] - 1 : -1;
  for (let step = firstStep; step < stopStep; step++) {
    for (const turn = recording.steps.turn[step]; seen < turn; ) {
      seen++;
      if (isIdle(recording, seen, stopStep)) beats.push(~seen);
    }
    if (isTold(recording, step)) beats.push(step);
  }
  return { firstStep, stopStep, beats: Int32Array.from(beats) };
}

/**
 * Whether the loop had nothing to do at the begin of a turn and waited.
 * @param {Recording} recording
 * @param {number} turn
 * @param {number} stopStep the end of the loop's steps
 */
function isIdle(recording, turn, stopStep) {
  const { idleBegin, idleEnd, firstStep } = recording.turns;
  if (idleEnd[turn] - idleBegin[turn] < LEAST_IDLE_NS) return false;
  const { steps } = recording;
  for (let step = firstStep[turn]; step < stopStep && steps.turn[step] === turn; step++) {
    if (steps.ready[step] <= idleBegin[turn]) return false;
  }
  return true;
}

/**
 * Whether a step is worth a beat: asyncio's own callbacks are not, unless they hold the loop.
 * @param {Recording} recording
 * @param {number} step
 */
export function isTold(recording, step) {
  const { steps, tasks, info } = recording;
  const row = steps.row[step];
  if (row >= 0) return Boolean(tasks.shown[row]);
  return !isPlumbing(recording, step) || steps.end[step] - steps.begin[step] >= info.stallNs;
}

/**
 * Whether a step is a callback of asyncio's own, which only passes a wake on.
 * @param {Recording} recording
 * @param {number} step
 */
function isPlumbing({ steps, places }, step) {
  return steps.how[step] === StepEnd.CALLBACK && places[steps.what[step]].origin === Origin.STANDARD;
}

/**
 * The moment right after a beat.
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {number} at number of the beat; -1 is the moment before the first one
 * @returns {Cut}
 */
function cutAfter(index, loop, at) {
  const { steps, turns } = index.recording;
  const stop = loop.stopStep;
  if (at < 0) {
    const turn = steps.turn[loop.firstStep] ?? -1;
    const time = steps.begin[loop.firstStep] ?? 0;
    return { step: loop.firstStep, stop, turn, time };
  }
  const beat = loop.beats[at];
  if (beat < 0) {
    return { step: turns.firstStep[~beat], stop, turn: ~beat, time: turns.idleEnd[~beat] };
  }
  return { step: beat + 1, stop, turn: steps.turn[beat], time: steps.end[beat] };
}

/**
 * Return everything that is neither over nor running right after a beat.
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {number} at number of the beat, -1 for the moment before the first one
 * @returns {LoopState}
 */
export function stateAfter(index, loop, at) {
  const cut = cutAfter(index, loop, at);
  const beat = at < 0 ? -1 : loop.beats[at];
  const ready = readyAt(index, cut, beat);
  const rest = waitingAt(index, loop, cut, new Set(ready.map((entry) => entry.row)), beat);
  const timers = rest.waiting.filter((entry) => entry.isTimer).sort((a, b) => a.due - b.due);
  const waiting = rest.waiting.filter((entry) => !entry.isTimer);
  const { overCount, notYetCount } = rest;
  return { step: cut.step, time: cut.time, ready, timers, waiting, overCount, notYetCount };
}

/**
 * The ready queue in the order in which it will run.
 * @param {LoopIndex} index
 * @param {Cut} cut
 * @param {number} beat the step that has just run, or a negative number
 * @returns {ReadyEntry[]}
 */
function readyAt(index, cut, beat) {
  const { steps } = index.recording;
  /** @type {Map<number, ReadyEntry>} */
  const found = new Map();
  let turn = cut.turn;
  let turnsAhead = 0;
  for (let step = cut.step; step < cut.stop; step++) {
    if (steps.turn[step] > turn) {
      // What is ready now runs in this turn, or in the next one that runs anything.
      if (++turnsAhead > 1) break;
      turn = steps.turn[step];
    }
    if (steps.ready[step] > cut.time || steps.wake[step] === Wake.RESUMED) continue;
    if (steps.waker[step] >= cut.step) continue;
    if (turnsAhead && isFoundByLooking(steps.wake[step])) continue;
    for (const [entryStep, via] of standsFor(index, step)) {
      const isNew = beat < 0 || steps.waker[step] === beat || steps.ready[step] > steps.begin[beat];
      const entry = { step: entryStep, row: steps.row[entryStep], via, isNew };
      if (!found.has(entryStep)) found.set(entryStep, entry);
    }
  }
  return [...found.values()].sort((a, b) => a.step - b.step);
}

/**
 * Whether the loop only learns of such a wake when it looks for it, at the begin of a turn.
 * @param {number} wakeKind
 */
function isFoundByLooking(wakeKind) {
  return wakeKind === Wake.TIMER || wakeKind === Wake.IO;
}

/**
 * What a queued step means to a viewer: itself, or the tasks that asyncio's callback wakes.
 * @param {LoopIndex} index
 * @param {number} step
 * @returns {[number, number][]} steps, each with the callback that it waits behind (-1: none)
 */
function standsFor(index, step) {
  const { steps } = index.recording;
  if (isTold(index.recording, step)) return [[step, -1]];
  if (steps.row[step] >= 0) return [];
  return wokenThrough(index, step).map((woken) => [woken, step]);
}

/**
 * The steps of visible tasks which a callback wakes, also through further callbacks of asyncio.
 * @param {LoopIndex} index
 * @param {number} callback
 */
export function wokenThrough(index, callback) {
  const { recording, wokenStart, woken } = index;
  const found = [];
  const callbacks = [callback];
  for (let at = 0; at < callbacks.length; at++) {
    const own = callbacks[at];
    for (let each = wokenStart[own]; each < wokenStart[own + 1]; each++) {
      const step = woken[each];
      const isTask = recording.steps.row[step] >= 0;
      if (isTask && isTold(recording, step)) found.push(step);
      else if (!isTask && callbacks.length < LONGEST_CHAIN) callbacks.push(step);
    }
  }
  return found;
}

/**
 * The tasks of a loop that are suspended, and how many are over or not yet made.
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {Cut} cut
 * @param {Set<number>} ready rows that are in the queue
 * @param {number} beat the step that has just run, or a negative number
 */
function waitingAt(index, loop, cut, ready, beat) {
  const { recording, rowStart, rowSteps } = index;
  const { tasks, steps } = recording;
  /** @type {WaitingEntry[]} */
  const waiting = [];
  let overCount = 0;
  let notYetCount = 0;
  for (let row = 0; row < tasks.count; row++) {
    const [first, stop] = [rowStart[row], rowStart[row + 1]];
    if (!tasks.shown[row] || !isOfLoop(index, loop, row)) continue;
    const following = firstFrom(rowSteps, cut.step, first, stop);
    const last = following > first ? rowSteps[following - 1] : -1;
    if (last >= 0 && isFinal(steps.how[last])) overCount++;
    else if (last < 0 && !isWaitingFirst(recording, rowSteps[first], cut)) {
      notYetCount += ready.has(row) ? 0 : 1;
    } else if (!ready.has(row) && !(last >= 0 && steps.how[last] === StepEnd.INTERRUPTED)) {
      const next = following < stop ? rowSteps[following] : -1;
      waiting.push(waitingEntry(steps, row, last, next, beat));
    }
  }
  return { waiting, overCount, notYetCount };
}

/**
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {number} row
 */
function isOfLoop(index, loop, row) {
  const first = index.rowStart[row];
  if (first === index.rowStart[row + 1]) return false;
  const step = index.rowSteps[first];
  return step >= loop.firstStep && step < loop.stopStep;
}

/**
 * Whether a task that has not run yet was suspended already when the recording began.
 * @param {Recording} recording
 * @param {number} first its first step
 * @param {Cut} cut
 */
function isWaitingFirst(recording, first, cut) {
  const { waitBegin } = recording.steps;
  return waitBegin[first] >= 0 && waitBegin[first] <= cut.time;
}

/**
 * @param {Recording["steps"]} steps
 * @param {number} row
 * @param {number} last its last step before now, -1 for none
 * @param {number} next its next step, -1 for none
 * @param {number} beat
 * @returns {WaitingEntry}
 */
function waitingEntry(steps, row, last, next, beat) {
  return {
    row,
    since: last >= 0 ? steps.end[last] : steps.waitBegin[next],
    next,
    awaited: last >= 0 ? steps.what[last] : steps.wait[next],
    due: next >= 0 ? steps.due[next] : -1,
    isTimer: next >= 0 && steps.origin[next] === Wake.TIMER,
    isNew: last >= 0 && last === beat,
  };
}

/**
 * What woke a step, with asyncio's own callbacks in between left out.
 * @param {LoopIndex} index
 * @param {number} step
 * @returns {Cause}
 */
export function causeOf(index, step) {
  const { steps } = index.recording;
  let at = step;
  for (let depth = 0; depth < LONGEST_CHAIN; depth++) {
    const waker = steps.waker[at];
    if (steps.wake[at] !== Wake.STEP || waker < 0) {
      return { kind: steps.wake[at], row: -1, step: at };
    }
    if (steps.row[waker] >= 0 || !isPlumbing(index.recording, waker)) {
      return { kind: Wake.STEP, row: steps.row[waker], step: waker };
    }
    at = waker;
  }
  return { kind: Wake.UNKNOWN, row: -1, step: at };
}
