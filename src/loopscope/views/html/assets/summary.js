// The view "Summary": totals, what the time was made of, load over time, lag, slowest waits.

import { areaChart, barChart, roundTicks } from "./chart.js";
import { el, fill } from "./dom.js";
import { Fate } from "./recording.js";
import { lineLink, taskLink } from "./pieces.js";
import { clockText } from "./step_story.js";
import { segmentTable } from "./segment_table.js";
import { foldedTable, table } from "./tables.js";
import { count, duration } from "./units.js";
import { whenSeen } from "./when_seen.js";

/**
 * @typedef {import("./recording.js").Recording} Recording
 * @typedef {import("./shared.js").Shared} Shared
 */

const N = true;
/** Parts of the critical path that are shown, however short, and the share from which on more are. */
const [LEAST_PARTS, LEAST_SHARE] = [3, 0.001];
const FATES = new Map(Object.entries(Fate).map(([name, value]) => [value, name.toLowerCase()]));

/** @type {import("./shared.js").View} */
export const summaryView = {
  name: "summary",
  mount(root, recording, shared) {
    const data = recording.panels.summary;
    if (!data) {
      fill(root, el("p", { class: "empty" }, "There is no summary."));
      return;
    }
    whenSeen(root, () => fill(root, summaryBody(data, recording, shared)));
  },
};

/** @param {any} data @param {Recording} recording @param {Shared} shared */
function summaryBody(data, recording, shared) {
  const parts = [
    totalsPart(data, recording),
    pathPart(data, recording, shared),
    loadPart(data, recording),
    lagPart(data),
    slowestPart(data, recording, shared),
    contentionPart(data, recording, shared),
    failuresPart(recording, shared),
    tasksPart(recording, shared),
    segmentTable(recording, shared),
  ];
  return el("div", { class: "summary-body" }, ...parts.filter((part) => part !== null));
}

/**
 * @param {string} title
 * @param {...(Node | string | null)} children
 */
function part(title, ...children) {
  return el("section", { class: "summary-part" }, el("h3", {}, title), ...children);
}

/** @param {any} data @param {Recording} recording */
function totalsPart(data, recording) {
  const [mean, peak, peakAt] = data.overlap;
  const [median, p99, most, mostAt] = data.lag;
  const loops = data.loops.map((/** @type {any[]} */ [thread, running, idle, overhead]) => [
    `loop in ${thread}`,
    `running ${duration(running)}, idle ${duration(idle)}, its own bookkeeping ${duration(overhead)}`,
  ]);
  const fates = Object.entries(data.fates).map(([word, value]) => `${count(value)} ${word}`);
  const rows = [
    ["total time", duration(recording.info.totalNs)],
    ...loops,
    ["tasks", fates.join(", ") || "none"],
    ["waits at once", `${mean.toFixed(1)} on average, at most ${count(peak)}, at ${clockText(recording, peakAt)}`],
    ["ready, but had to wait for the loop", `half of the time ${duration(median)} or less, 99 % ${duration(p99)} or less, at most ${duration(most)}, at ${clockText(recording, mostAt)}`],
    ["steps", count(recording.steps.count)],
  ];
  return part("Totals", table("Totals", [{ name: "what" }, { name: "how much" }], rows));
}

/** @param {any} data @param {Recording} recording @param {Shared} shared */
function pathPart(data, recording, shared) {
  if (!data.path.length) return null;
  const total = Math.max(recording.info.totalNs, 1);
  const shown = /** @type {any[]} */ (data.path).filter((one, at) => at < LEAST_PARTS || one.ns >= total * LEAST_SHARE);
  const rows = shown.map((one) => [
    shareBar(one.ns / total, one.share),
    duration(one.ns),
    one.share === "waiting" ? `waiting (${one.kind})` : one.share,
    one.what || "",
    one.share === "outside" ? "" : lineLink(one, recording, shared),
    one.count,
    one.behind,
  ]);
  const rest = total - shown.reduce((sum, one) => sum + one.ns, 0);
  if (rest > 0) rows.push([shareBar(rest / total, "outside"), duration(rest), "everything else", "", "", "", ""]);
  const heads = [
    { name: "share" }, { name: "time", isNumber: N }, { name: "state", isShort: true }, { name: "what" },
    { name: "where" }, { name: "times", isNumber: N }, { name: "behind" },
  ];
  return part("What the time was made of", el("p", { class: "hint" },
    "The critical path: the chain of waits and steps the total consists of. A second saved here is a second saved."),
    table("Critical path", heads, rows));
}

/**
 * @param {number} share 0 to 1
 * @param {string} kind
 */
function shareBar(share, kind) {
  const bar = el("span", { class: `share-bar ${kind}` });
  bar.style.width = `${Math.max(1, Math.round(share * 100))}%`;
  return el("span", { class: "share" }, bar, `${Math.round(share * 100)} %`);
}

/** @param {any} data @param {Recording} recording */
function loadPart(data, recording) {
  const { waits, ready } = data.load;
  const total = recording.info.totalNs;
  const ticks = /** @type {[number, string][]} */ (roundTicks(total).map((time) => [time / Math.max(total, 1), duration(time)]));
  const rows = () => {
    const parts = waits.map((/** @type {number} */ value, /** @type {number} */ at) => {
      const from = (at / waits.length) * total;
      return [clockText(recording, from), value, ready[at]];
    });
    return table("The most within each part of the run", [{ name: "from" }, { name: "waits at once", isNumber: N }, { name: "ready", isNumber: N }], parts);
  };
  const label = `Waits at once over time: at most ${Math.max(0, ...waits)}. Ready at once: at most ${Math.max(0, ...ready)}.`;
  return part(
    "Concurrency over time",
    el("p", { class: "chart-legend" }, el("i", { class: "waits" }), "waits at once (timers, I/O, threads, processes)", el("i", { class: "ready" }), "ready, waiting for the loop"),
    areaChart(label, [{ values: waits, kind: "waits" }, { values: ready, kind: "ready" }], ticks),
    foldedTable("As a table", rows),
  );
}

/** @param {any} data */
function lagPart(data) {
  const bars = /** @type {number[][]} */ (data.lags);
  if (!bars.length) return null;
  const ticks = /** @type {[number, string][]} */ (bars
    .map(([, to], at) => [(at + 1) / bars.length, duration(to)])
    .filter((_, at) => at % 3 === 0 || at === bars.length - 1));
  const rows = () => table("Wakes by how long they had to wait for the loop",
    [{ name: "more than", isNumber: N }, { name: "up to", isNumber: N }, { name: "wakes", isNumber: N }],
    bars.map(([from, to, value]) => [duration(from), duration(to), value]));
  const label = `Loop lag: ${bars.map(([, to, value]) => `${value} up to ${duration(to)}`).join(", ")}.`;
  return part(
    "Loop lag: how long ready things had to wait",
    barChart(label, bars.map(([, , value]) => value), ticks),
    foldedTable("As a table", rows),
  );
}

/** @param {any} data @param {Recording} recording @param {Shared} shared */
function slowestPart(data, recording, shared) {
  if (!data.slowest.length) return null;
  const rows = data.slowest.map((/** @type {any} */ one) => [
    waitLink(one, recording, shared), `${duration(one.ns)}${one.isOver ? "" : ", not over"}`, one.kind,
    one.what, lineLink(one, recording, shared), clockText(recording, one.begin),
  ]);
  const heads = [
    { name: "task" }, { name: "waited", isNumber: N }, { name: "for" }, { name: "what" }, { name: "where" },
    { name: "from", isNumber: N },
  ];
  return part("Slowest waits", table("Slowest waits", heads, rows));
}

/** @param {any} data @param {Recording} recording @param {Shared} shared */
function contentionPart(data, recording, shared) {
  if (!data.contention.length) return null;
  const rows = data.contention.map((/** @type {any} */ one) => [
    one.name, one.kind, lineLink(one, recording, shared), one.waits, one.tasks, one.peak,
    duration(one.ns), duration(one.longestNs),
  ]);
  const heads = [
    { name: "what" }, { name: "kind" }, { name: "where" }, { name: "waits", isNumber: N }, { name: "tasks", isNumber: N },
    { name: "most at once", isNumber: N }, { name: "waited in all", isNumber: N }, { name: "longest", isNumber: N },
  ];
  return part("Tasks waited in line", table("What tasks waited in line for", heads, rows));
}

/** @param {Recording} recording @param {Shared} shared */
function failuresPart(recording, shared) {
  if (!recording.failures.length) return null;
  const rows = recording.failures.map((one) => {
    const place = recording.places[one.place];
    const where = { file: recording.files[place.file], line: place.line };
    return [
      one.row >= 0 ? taskLink(one.row, recording, shared) : "?", one.exception, one.message,
      lineLink(where, recording, shared), clockText(recording, one.time), one.retrieved ? "yes" : "never",
    ];
  });
  const heads = ["task", "exception", "message", "where", "when", "looked at"].map((name) => ({ name }));
  return part("Failures", table("Exceptions that ended tasks", heads, rows));
}

/** @param {Recording} recording @param {Shared} shared */
function tasksPart(recording, shared) {
  const { tasks } = recording;
  const shown = [...Array(tasks.count).keys()].filter((row) => tasks.shown[row]);
  const make = () => {
    const sums = lifeSums(recording);
    const rows = shown.slice(0, 500).map((row) => [
      taskLink(row, recording, shared),
      recording.places[tasks.coroutine[row]].function,
      clockText(recording, tasks.created[row]),
      tasks.fate[row] ? clockText(recording, tasks.ended[row]) : "",
      FATES.get(tasks.fate[row]) ?? "",
      ...[sums.running[row], sums.ready[row], tasks.ended[row] - tasks.created[row] - sums.running[row] - sums.ready[row]].map(duration),
    ]);
    const heads = [
      { name: "task" }, { name: "coroutine" }, { name: "created", isNumber: N }, { name: "ended", isNumber: N }, { name: "end" },
      { name: "running", isNumber: N }, { name: "ready", isNumber: N }, { name: "suspended", isNumber: N },
    ];
    return table("Tasks", heads, rows, shown.length);
  };
  return part("Tasks", foldedTable(`All tasks as a table (${count(shown.length)})`, make));
}

/** @param {Recording} recording */
function lifeSums({ steps, tasks }) {
  const running = new Float64Array(tasks.count);
  const ready = new Float64Array(tasks.count);
  for (let step = 0; step < steps.count; step++) {
    const row = steps.row[step];
    if (row < 0) continue;
    running[row] += steps.end[step] - steps.begin[step];
    ready[row] += steps.begin[step] - steps.ready[step];
  }
  return { running, ready };
}

/**
 * A task in the list of waits, which selects the step that ended the wait.
 * @param {any} wait
 * @param {Recording} recording
 * @param {Shared} shared
 */
function waitLink(wait, recording, shared) {
  const link = el("button", { type: "button", class: "link task-link" }, el("bdi", {}, wait.name));
  link.addEventListener("click", () => {
    const { steps } = recording;
    for (let step = recording.tasks.firstStep[wait.row] ?? -1; step >= 0; step = steps.next[step]) {
      if (steps.end[step] >= wait.begin) {
        shared.selectStep(steps.next[step] >= 0 ? steps.next[step] : step, recording);
        return;
      }
    }
    shared.set({ task: wait.row });
  });
  return link;
}
