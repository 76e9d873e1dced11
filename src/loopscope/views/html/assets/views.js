// The views of the page, in the order they are mounted.

import { findingsView } from "./findings.js";
import { tabsView } from "./panel_tabs.js";
import { sourceView } from "./source.js";
import { stepsView } from "./steps.js";
import { summaryView } from "./summary.js";
import { timelineView } from "./timeline.js";

/** @type {import("./shared.js").View[]} */
export const views = [
  timelineView,
  stepsView,
  sourceView,
  findingsView,
  summaryView,
  tabsView,
];
