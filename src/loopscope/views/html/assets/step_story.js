// Tells what happens in a beat, as sentences made of pieces that a view can turn into links.

import { causeOf, isFinal, isTold, wokenThrough } from "./loop_state.js";
import { StepEnd, Wake } from "./recording.js";
import { count, duration, moment } from "./units.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./loop_state.js").LoopIndex} LoopIndex
 * @typedef {import("./loop_state.js").LoopBeats} LoopBeats
 * @typedef {string | { row: number } | { place: number }} Piece
 * @typedef {{ kind: "runs" | "creates" | "wakes" | "stalls" | "suspends" | "ends" | "idle",
 *   pieces: Piece[] }} Sentence
 */

const WORTH_TELLING_NS = 5_000_000;
const MOST_NAMED = 4;
const LONGEST_CODE = 48;

/**
 * Tell a beat.
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {number} at number of the beat
 * @returns {Sentence[]}
 */
export function storyOf(index, loop, at) {
  const beat = loop.beats[at];
  return beat < 0 ? [idleSentence(index, loop, ~beat)] : stepSentences(index, beat);
}

/**
 * The text of one piece: a task by its name, a place as `file.py:12`.
 * @param {Recording} recording
 * @param {Piece} piece
 */
export function pieceText(recording, piece) {
  if (typeof piece === "string") return piece;
  if ("row" in piece) return recording.tasks.name[piece.row];
  return recording.places[piece.place].short;
}

/**
 * A text that fits into a line: of a longer one the end, which tells files apart.
 * @param {string} text
 * @param {number} [most]
 */
export function tail(text, most = 120) {
  return text.length > most ? `…${text.slice(text.length - most)}` : text;
}

/**
 * The path of a file as people know it: from the directory in which the program ran.
 * @param {Recording} recording
 * @param {number} file
 */
export function pathText({ files, info }, file) {
  const path = files[file];
  const above = directoryOf(info);
  return tail(above && path.startsWith(above) ? path.slice(above.length) : path);
}

/**
 * A sentence in which paths begin where the program ran.
 * @param {Recording} recording
 * @param {string} text
 */
export function withShortPaths({ info }, text) {
  const above = directoryOf(info);
  return above.length > 1 ? text.replaceAll(above, "") : text;
}

/**
 * The directory in which the program ran, with the sign that separates it from a file; or "".
 * @param {Recording["info"]} info
 */
function directoryOf({ directory }) {
  return directory && directory.replace(/[\\/]*$/u, directory.includes("\\") ? "\\" : "/");
}

/**
 * A time since the start as a clock shows it: to the millisecond, finer in a very short run.
 * @param {Recording} recording
 * @param {number} ns
 */
export function clockText({ info }, ns) {
  const step = info.totalNs < 50e6 ? 1e3 : 1e6;
  return ns < step ? duration(Math.max(ns, 0)).replace(/^0$/u, "0 s") : moment(ns, step);
}

/**
 * Why the clock moves: what the loop waits for in an idle time.
 * @param {LoopIndex} index
 * @param {LoopBeats} loop
 * @param {number} turn
 * @returns {Sentence}
 */
export function idleSentence(index, loop, turn) {
  const { recording } = index;
  const { turns, steps } = recording;
  const waited = duration(turns.idleEnd[turn] - turns.idleBegin[turn]);
  const verb = recording.info.seed !== null ? "the clock jumps" : "the loop waits";
  const pieces = /** @type {Piece[]} */ ([`Nothing is ready: ${verb} ${waited}`]);
  const first = turns.firstStep[turn];
  if (first < loop.stopStep && steps.turn[first] === turn) {
    pieces.push(...untilPieces(index, first, turn));
  }
  return { kind: "idle", pieces: [...pieces, "."] };
}

/**
 * @param {LoopIndex} index
 * @param {number} first the first step after the idle time
 * @param {number} turn
 * @returns {Piece[]}
 */
function untilPieces(index, first, turn) {
  const { steps } = index.recording;
  const woken = new Set();
  for (let step = first; step < steps.count && steps.turn[step] === turn; step++) {
    const own = isTold(index.recording, step) ? [step] : wokenThrough(index, step);
    for (const each of own) if (steps.row[each] >= 0) woken.add(steps.row[each]);
  }
  const whose = woken.size ? [" for ", ...people([...woken])] : [];
  const kind = steps.wake[first];
  if (kind === Wake.TIMER) return [", until a timer is due", ...whose];
  if (kind === Wake.IO) return [", until there is I/O", ...whose];
  if (kind === Wake.THREAD) return [", until a worker thread reports", ...whose];
  return [];
}

/**
 * @param {LoopIndex} index
 * @param {number} step
 * @returns {Sentence[]}
 */
function stepSentences(index, step) {
  const { recording } = index;
  const { steps, info } = recording;
  const sentences = [beginSentence(index, step)];
  const { created, woken } = wokenBy(index, step);
  if (created.length) {
    const queue = created.length > 1 ? "they join the ready queue" : "it joins the ready queue";
    const pieces = ["It creates ", ...people(created), ` (${queue}).`];
    sentences.push({ kind: "creates", pieces });
  }
  if (woken.length) sentences.push({ kind: "wakes", pieces: wakePieces(index, woken) });
  const held = steps.end[step] - steps.begin[step];
  if (held >= info.stallNs) {
    const pieces = [`It holds the loop for ${duration(held)}: nobody else can run.`];
    sentences.push({ kind: "stalls", pieces });
  }
  if (steps.row[step] >= 0) sentences.push(endSentence(recording, step));
  return sentences;
}

/**
 * The tasks that a step made, and the steps of those that it woke.
 * @param {LoopIndex} index
 * @param {number} step
 */
function wokenBy(index, step) {
  const { recording, wokenStart, woken: all } = index;
  const { steps, tasks } = recording;
  const created = [];
  const woken = [];
  for (let at = wokenStart[step]; at < wokenStart[step + 1]; at++) {
    const each = all[at];
    const row = steps.row[each];
    if (row < 0 || !isTold(recording, each) || steps.wake[each] === Wake.RESUMED) continue;
    if (row === steps.row[step]) continue;
    if (steps.waitBegin[each] >= 0) woken.push(each);
    else if (tasks.firstStep[row] === each) created.push(row);
  }
  return { created, woken };
}

/**
 * @param {LoopIndex} index
 * @param {number[]} woken
 * @returns {Piece[]}
 */
function wakePieces(index, woken) {
  const { steps, awaits } = index.recording;
  const phrases = new Set(woken.map((step) => awaits[steps.wait[step]].phrase));
  const phrase = phrases.size === 1 ? [...phrases][0] : "";
  const waitedFor = phrase ? `, waiting for ${phrase}` : "";
  const rows = woken.map((step) => steps.row[step]);
  return ["It wakes ", ...people(rows), `${waitedFor}.`];
}

/**
 * @param {LoopIndex} index
 * @param {number} step
 * @returns {Sentence}
 */
function beginSentence(index, step) {
  const { steps, tasks, places, awaits } = index.recording;
  const row = steps.row[step];
  if (row < 0) {
    const name = places[steps.what[step]].function;
    return { kind: "runs", pieces: [`The callback ${name}() runs`, ...causePieces(index, step), "."] };
  }
  const pieces = /** @type {Piece[]} */ ([{ row }]);
  const begin = steps.waitBegin[step];
  if (begin >= 0) {
    const { place } = awaits[steps.wait[step]];
    pieces.push(" resumes", ...at(place), ` after ${duration(steps.due[step] - begin)}`);
    pieces.push(...causePieces(index, step));
  } else if (tasks.firstStep[row] === step) {
    const coroutine = tasks.coroutine[row];
    pieces.push(` begins ${places[coroutine].function}()`, ...at(coroutine));
  } else {
    pieces.push(" goes on");
  }
  const late = steps.begin[step] - steps.due[step];
  const told = begin >= 0 ? `, ${duration(late)} late` : `, after ${duration(late)} in the ready queue`;
  if (late >= WORTH_TELLING_NS) pieces.push(told);
  return { kind: "runs", pieces: [...pieces, "."] };
}

/**
 * @param {number} place
 * @returns {Piece[]}
 */
function at(place) {
  return place ? [" at ", { place }] : [];
}

/**
 * @param {LoopIndex} index
 * @param {number} step
 * @returns {Piece[]}
 */
function causePieces(index, step) {
  const cause = causeOf(index, step);
  if (cause.kind === Wake.TIMER) return [": a timer was due"];
  if (cause.kind === Wake.IO) return [": I/O arrived"];
  if (cause.kind === Wake.THREAD) return [": a worker thread reported"];
  if (cause.kind !== Wake.STEP) return [];
  const { steps } = index.recording;
  if (cause.row < 0) return [": a callback of the program woke it"];
  if (cause.row === steps.row[step]) return [];
  const did = isFinal(steps.how[cause.step]) ? " ended" : " woke it";
  return [": ", { row: cause.row }, did];
}

/**
 * @param {Recording} recording
 * @param {number} step
 * @returns {Sentence}
 */
function endSentence(recording, step) {
  const { steps } = recording;
  const how = steps.how[step];
  if (how === StepEnd.RETURNED) return { kind: "ends", pieces: ["It returns: the task is done."] };
  if (how === StepEnd.CANCELLED) return { kind: "ends", pieces: ["It ends: cancelled."] };
  if (how === StepEnd.RAISED) return { kind: "ends", pieces: failurePieces(recording, step) };
  if (how === StepEnd.INTERRUPTED) {
    const started = steps.row[step + 1] ?? -1;
    const who = started >= 0 ? [" ", { row: started }] : [];
    return { kind: "creates", pieces: ["It starts an eager task, which runs at once:", ...who, "."] };
  }
  return { kind: "suspends", pieces: suspensionPieces(recording, steps.what[step]) };
}

/**
 * @param {Recording} recording
 * @param {number} step
 * @returns {Piece[]}
 */
function failurePieces({ failures, steps }, step) {
  const failure = failures.find((one) => one.row === steps.row[step]);
  if (!failure) return ["It ends: it raised an exception."];
  const message = failure.message ? `: ${cut(failure.message)}` : "";
  return [`It ends: it raised ${failure.exception}${message}`, ...at(failure.place), "."];
}

/**
 * @param {Recording} recording
 * @param {number} entry index of what is awaited
 * @returns {Piece[]}
 */
function suspensionPieces({ awaits, places }, entry) {
  const { kind, label, phrase, place, caller, code } = awaits[entry];
  if (!entry) return ["It is suspended."];
  if (kind === "yield") return ["It lets the others run first", ...at(place), ": it stays ready."];
  if (!code || code.startsWith("async ")) {
    const inside = code && kind !== "task" ? ` (${cut(code)})` : "";
    return [`It waits for ${phrase}${inside}`, ...at(place), ": suspended."];
  }
  const pieces = /** @type {Piece[]} */ ([`It awaits ${cut(code)}`, ...at(place)]);
  if (caller && places[caller].file === places[place].file) {
    pieces.push(`, called from line ${places[caller].line}`);
  }
  const isPlain = kind === "sleep" || code.includes(label);
  return [...pieces, isPlain ? ": suspended." : `: suspended, it waits for ${phrase}.`];
}

/**
 * Shorten a piece of source: of a long call only what is called.
 * @param {string} code
 */
function cut(code) {
  if (code.length <= LONGEST_CODE) return code;
  const called = code.slice(0, code.indexOf("("));
  if (code.endsWith(")") && called && called.length <= LONGEST_CODE) return `${called}(...)`;
  return `${code.slice(0, LONGEST_CODE - 3)}...`;
}

/**
 * Name the first few of some tasks and count the rest.
 * @param {number[]} rows
 * @returns {Piece[]}
 */
export function people(rows) {
  const named = rows.length <= MOST_NAMED + 1 ? rows : rows.slice(0, MOST_NAMED);
  const pieces = /** @type {Piece[]} */ ([]);
  named.forEach((row, at) => {
    if (at) pieces.push(at === rows.length - 1 ? " and " : ", ");
    pieces.push({ row });
  });
  const more = rows.length - named.length;
  return more > 0 ? [...pieces, ` and ${count(more)} other ${more === 1 ? "task" : "tasks"}`] : pieces;
}
