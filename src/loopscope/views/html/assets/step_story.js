/**
 * Tells what happens in a beat, as sentences made of pieces that a view can turn into links.
 *
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./loop_state.js").LoopIndex} LoopIndex
 * @typedef {import("./loop_state.js").LoopBeats} LoopBeats
 * @typedef {string | { row: number } | { place: number }} Piece
 * @typedef {{ kind: "runs" | "creates" | "wakes" | "stalls" | "suspends" | "ends" | "idle",
 *   pieces: Piece[] }} Sentence
 */
import { causeOf, End, isFinal, isTold, Wake, wokenThrough } from "./loop_state.js";
import { fileName, formatNs, plural } from "./units.js";

const WORTH_TELLING_NS = 5_000_000;
const MOST_NAMED = 4;

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
 * The text of some pieces.
 * @param {Recording} recording
 * @param {Piece[]} pieces
 */
export function plainText(recording, pieces) {
  return pieces.map((piece) => pieceText(recording, piece)).join("");
}

/**
 * The text of one piece: a task by its name, a place as `file.py:12`.
 * @param {Recording} recording
 * @param {Piece} piece
 */
export function pieceText(recording, piece) {
  if (typeof piece === "string") return piece;
  if ("row" in piece) return recording.tasks[piece.row].name;
  const place = recording.places[piece.place];
  return place.line ? `${fileName(place.file)}:${place.line}` : place.function;
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
  const waited = formatNs(turns.idleEnd[turn] - turns.idleBegin[turn]);
  const verb = recording.isSimulated ? "the clock jumps" : "the loop waits";
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
  for (let step = first; step < steps.turn.length && steps.turn[step] === turn; step++) {
    const own = isTold(index.recording, step) ? [step] : wokenThrough(index, step);
    for (const each of own) if (steps.row[each] >= 0) woken.add(steps.row[each]);
  }
  const whose = woken.size ? [" for ", ...people([...woken])] : [];
  const kind = steps.wakeKind[first];
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
  const { steps, stallNs } = recording;
  const sentences = [beginSentence(index, step)];
  const { created, woken } = wokenBy(index, step);
  if (created.length) {
    const queue = created.length > 1 ? "they join the ready queue" : "it joins the ready queue";
    const pieces = ["It creates ", ...people(created), ` (${queue}).`];
    sentences.push({ kind: "creates", pieces });
  }
  if (woken.length) sentences.push({ kind: "wakes", pieces: wakePieces(index, woken) });
  const held = steps.end[step] - steps.begin[step];
  if (held >= stallNs) {
    const pieces = [`It holds the loop for ${formatNs(held)}: nobody else can run.`];
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
  const { recording, rowStart, rowSteps, wokenStart, woken: all } = index;
  const { steps, waits } = recording;
  const created = [];
  const woken = [];
  for (let at = wokenStart[step]; at < wokenStart[step + 1]; at++) {
    const each = all[at];
    const row = steps.row[each];
    if (row < 0 || !isTold(recording, each) || steps.wakeKind[each] === Wake.RESUMED) continue;
    if (row === steps.row[step]) continue;
    if (waits.begin[each] >= 0) woken.push(each);
    else if (rowSteps[rowStart[row]] === each) created.push(row);
  }
  return { created, woken };
}

/**
 * @param {LoopIndex} index
 * @param {number[]} woken
 * @returns {Piece[]}
 */
function wakePieces(index, woken) {
  const { steps, waits, awaited } = index.recording;
  const phrases = new Set(woken.map((step) => awaited[waits.awaited[step]]?.phrase ?? ""));
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
  const { recording } = index;
  const { steps, tasks } = recording;
  const row = steps.row[step];
  if (row < 0) {
    const who = { place: steps.callback[step] };
    const name = recording.places[who.place].function;
    return { kind: "runs", pieces: [`The callback ${name}() runs`, ...causePieces(index, step), "."] };
  }
  const pieces = /** @type {Piece[]} */ ([{ row }]);
  const { begin, due, awaited } = recording.waits;
  if (begin[step] >= 0) {
    const place = recording.awaited[awaited[step]]?.place ?? 0;
    pieces.push(" resumes", ...at(place), ` after ${formatNs(due[step] - begin[step])}`);
    pieces.push(...causePieces(index, step));
  } else if (index.rowSteps[index.rowStart[row]] === step) {
    const { coroutine } = tasks[row];
    pieces.push(` begins ${recording.places[coroutine].function}()`, ...at(coroutine));
  } else {
    pieces.push(" goes on");
  }
  const late = steps.begin[step] - Math.max(begin[step] >= 0 ? due[step] : steps.ready[step], 0);
  if (late >= WORTH_TELLING_NS) pieces.push(`, ${formatNs(late)} late`);
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
  const did = isFinal(steps.howEnd[cause.step]) ? " ended" : " woke it";
  return [": ", { row: cause.row }, did];
}

/**
 * @param {Recording} recording
 * @param {number} step
 * @returns {Sentence}
 */
function endSentence(recording, step) {
  const { steps, awaited, tasks } = recording;
  const how = steps.howEnd[step];
  const row = steps.row[step];
  if (how === End.RETURNED) return { kind: "ends", pieces: ["It returns: the task is done."] };
  if (how === End.CANCELLED) return { kind: "ends", pieces: ["It ends: cancelled."] };
  if (how === End.RAISED) {
    return { kind: "ends", pieces: [`It ends: ${tasks[row].failure || "raised an exception"}.`] };
  }
  if (how === End.INTERRUPTED) {
    const started = steps.row[step + 1];
    const who = started === undefined || started < 0 ? [] : [" ", { row: started }];
    return { kind: "creates", pieces: ["It starts an eager task, which runs at once:", ...who, "."] };
  }
  const text = awaited[steps.stop[step]]?.told;
  return { kind: "suspends", pieces: [text ? `It ${text}.` : "It is suspended."] };
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
  return more > 0 ? [...pieces, ` and ${plural(more, "other task")}`] : pieces;
}
