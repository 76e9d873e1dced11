// Makes elements of names and places: each leads to its task or its line in the other views.

import { el } from "./dom.js";
import { pieceText, tail } from "./step_story.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./shared.js").Shared} Shared
 * @typedef {import("./step_story.js").Piece} Piece
 */

/**
 * A sentence whose tasks and places can be clicked.
 * @param {Piece[]} pieces
 * @param {Recording} recording
 * @param {Shared} shared
 * @returns {(Node | string)[]}
 */
export function sentenceNodes(pieces, recording, shared) {
  return pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    return "row" in piece
      ? taskLink(piece.row, recording, shared)
      : placeLink(piece.place, recording, shared);
  });
}

/**
 * A task's name, which selects the task.
 * @param {number} row
 * @param {Recording} recording
 * @param {Shared} shared
 */
export function taskLink(row, recording, shared) {
  const link = linkButton("task-link", pieceText(recording, { row }));
  link.addEventListener("click", () => shared.set({ task: row }));
  return link;
}

/**
 * A place such as `app.py:12`, which selects its line.
 * @param {number} place
 * @param {Recording} recording
 * @param {Shared} shared
 */
export function placeLink(place, recording, shared) {
  const { file, line } = recording.places[place];
  const text = pieceText(recording, { place });
  if (!line || !recording.sources[file]) return el("bdi", { class: "place" }, text);
  const link = linkButton("place-link", text);
  link.addEventListener("click", () => shared.set({ line: { file, line } }));
  return link;
}

/**
 * A line of a file as `app.py:12`, which selects the line where its source is known.
 * @param {{file: string, line: number}} where the file by its whole path; line 0 for none
 * @param {Recording} recording
 * @param {Shared} shared
 */
export function lineLink({ file, line }, recording, shared) {
  const name = tail(file.split(/[\\/]/u).pop() ?? "");
  const at = recording.files.indexOf(file);
  if (!line || at < 0 || !recording.sources[at]) {
    return el("bdi", { class: "place" }, line ? `${name}:${line}` : name);
  }
  const link = linkButton("place-link", `${name}:${line}`);
  link.addEventListener("click", () => shared.set({ line: { file: at, line } }));
  return link;
}

/**
 * @param {string} kind
 * @param {string} text
 */
function linkButton(kind, text) {
  return el("button", { type: "button", class: `link ${kind}` }, el("bdi", {}, text));
}
