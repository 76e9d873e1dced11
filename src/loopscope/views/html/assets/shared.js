// What the views have in common: the selection and the visible range. Everything linked goes
// through here, so that no view knows another one.

/**
 * @typedef {object} State
 * @property {number} step  the selected step, -1 for none
 * @property {number} task  the row of the selected task, -1 for none
 * @property {number} from  begin of the visible range, ns
 * @property {number} to  end of the visible range, ns
 * @property {"time" | "turns"} axis
 * @property {{file: number, line: number} | null} line  the selected line of source
 * @property {PredictedSteps | null} prediction  what is drawn under the real timeline
 * @property {number | null} curtain  the first step that is not shown, null for everything
 */
/**
 * A predicted run, as `Prediction.steps` in Python: columns of equal length, times in ns.
 * @typedef {{row: ArrayLike<number>, ready: ArrayLike<number>, begin: ArrayLike<number>,
 *   end: ArrayLike<number>, total: number, label: string}} PredictedSteps
 */
/** @typedef {(changed: Set<keyof State>, state: Readonly<State>) => void} Listener */
/** @typedef {{name: string, mount(root: HTMLElement, recording: Recording, shared: Shared): void}} View */
/** @typedef {import("./recording.js").Recording} Recording */

export class Shared {
  /** @param {State} state */
  constructor(state) {
    /** @type {Readonly<State>} */
    this.state = state;
    /** @type {Listener[]} */
    this.listeners = [];
  }

  /**
   * Changes parts of the state and tells everybody, if anything is different.
   * @param {Partial<State>} parts
   */
  set(parts) {
    /** @type {any} */
    const before = this.state;
    const changed = /** @type {(keyof State)[]} */ (Object.keys(parts)).filter(
      (key) => !Object.is(before[key], parts[key]),
    );
    if (!changed.length) return;
    this.state = { ...before, ...parts };
    const keys = new Set(changed);
    for (const listener of this.listeners) listener(keys, this.state);
  }

  /**
   * Calls a listener after each change.
   * @param {Listener} listener
   */
  subscribe(listener) {
    this.listeners.push(listener);
  }

  /**
   * Selects a step and with it its task (a callback leaves the task as it is), or nothing.
   * @param {number} step
   * @param {Recording} recording
   */
  selectStep(step, recording) {
    const row = step >= 0 ? recording.steps.row[step] : -1;
    this.set(row >= 0 ? { step, task: row } : { step });
  }
}

/** @param {Recording} recording @param {number} mostTurns @returns {State} */
export function initialState(recording, mostTurns = 200) {
  const isShort = recording.turns.count > 0 && recording.turns.count <= mostTurns;
  return {
    step: -1,
    task: -1,
    from: recording.begin,
    to: recording.end,
    axis: isShort ? "turns" : "time",
    line: null,
    prediction: null,
    curtain: null,
  };
}
