// The curtain of the game: what comes after a step is not drawn, so that nothing is given away.

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./theme.js").Colours} Colours */

const SOFT = 6;

/**
 * Covers a picture from a place on, with a soft edge.
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour  as "#rrggbb"
 * @param {number} x
 * @param {number} width  of the picture
 * @param {number} height
 */
export function paintCurtain(context, colour, x, width, height) {
  if (x >= width) return;
  const edge = context.createLinearGradient(x - SOFT, 0, x, 0);
  edge.addColorStop(0, `${colour}00`);
  edge.addColorStop(1, colour);
  context.fillStyle = edge;
  context.fillRect(Math.max(x - SOFT, 0), 0, width, height);
}

/**
 * Where the curtain begins on the axis, beyond its end where there is none.
 * @param {Scene} scene
 * @param {number | null} step  the first step that is not shown
 */
export function curtainPosition({ drawn }, step) {
  const { axis } = drawn;
  return step === null || step >= axis.stepBegin.length ? Infinity : axis.stepBegin[step];
}
