// The views of the page, in the order they are mounted.

/** @type {import("./shared.js").View[]} */
export const views = [];
