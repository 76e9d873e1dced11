// The views of the page, in the order they are mounted.

import { sourceView } from "./source.js";
import { stepsView } from "./steps.js";

/** @type {import("./shared.js").View[]} */
export const views = [stepsView, sourceView];
