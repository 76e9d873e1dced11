// Which rows the timeline has: a row a task; when they are many, under a row for each coroutine.

/** @typedef {import("./recording.js").Recording} Recording */
/**
 * @typedef {object} Row
 * @property {number} task  the task's row in the recording, -1 for a group
 * @property {number} group  index of `groups`, -1 for a task that stands alone
 */
/** @typedef {{name: string, tasks: number[], shown: number[], isOpen: boolean}} Group */

/** With more tasks than this, those of one coroutine share a row until it is opened. */
export const MOST_SINGLE_TASKS = 40;

/**
 * @param {Recording} recording
 * @returns {Group[]}
 */
export function makeGroups({ tasks, places }) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (let row = 0; row < tasks.count; row++) {
    if (!tasks.shown[row]) continue;
    const place = places[tasks.coroutine[row]];
    const key = `${place.function}\n${place.file}\n${place.firstLine}`;
    const group = groups.get(key);
    if (group) group.tasks.push(row);
    else groups.set(key, { name: place.function, tasks: [row], shown: [], isOpen: false });
  }
  return [...groups.values()];
}

/**
 * Lists the rows from top to bottom.
 * @param {Recording} recording
 * @param {Group[]} groups
 * @param {(task: number) => boolean} isWanted
 * @returns {Row[]}
 */
export function listRows({ tasks }, groups, isWanted) {
  let count = 0;
  for (const group of groups) {
    group.shown = group.tasks.filter(isWanted);
    count += group.shown.length;
  }
  if (count <= MOST_SINGLE_TASKS) {
    /** @type {Row[]} */
    const rows = [];
    for (let task = 0; task < tasks.count; task++) {
      if (tasks.shown[task] && isWanted(task)) rows.push({ task, group: -1 });
    }
    return rows;
  }
  return groups.flatMap((group, index) => rowsOf(group, index));
}

/** @param {Group} group @param {number} index @returns {Row[]} */
function rowsOf(group, index) {
  if (group.shown.length === 1) return [{ task: group.shown[0], group: -1 }];
  const own = group.isOpen ? group.shown.map((task) => ({ task, group: index })) : [];
  return group.shown.length ? [{ task: -1, group: index }, ...own] : [];
}
