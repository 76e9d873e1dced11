// Two small charts in SVG: a stepped area over time, and bars. Each has a table beside it.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element of SVG.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * The path of a stepped area over equal parts of a width.
 * @param {number[]} values
 * @param {number} most the value that reaches the top
 * @param {number} width
 * @param {number} height
 */
export function areaPath(values, most, width, height) {
  const x = (/** @type {number} */ at) => round((at / values.length) * width);
  const y = (/** @type {number} */ value) => round(height - (value / Math.max(most, 1)) * height);
  const steps = values.map((value, at) => `V${y(value)}H${x(at + 1)}`);
  return `M0 ${height}${steps.join("")}V${height}Z`;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}

/**
 * A round number not below another one: the top of an axis.
 * @param {number} value
 */
export function niceTop(value) {
  if (value <= 5) return Math.max(1, Math.ceil(value));
  const size = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * size >= value) ?? 10) * size;
}

/**
 * Round moments within a span, about five of them.
 * @param {number} span
 * @returns {number[]}
 */
export function roundTicks(span) {
  if (!(span > 0)) return [0];
  const size = 10 ** Math.floor(Math.log10(span / 4));
  const step = ([1, 2, 5, 10].find((factor) => span / (factor * size) <= 6) ?? 10) * size;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, at) => at * step);
}

const WIDTH = 720;
const HEIGHT = 120;
const [LEFT, BOTTOM, TOP] = [44, 20, 8];

/**
 * A frame with a scale on the left, into which a chart is drawn.
 * @param {string} label what the picture shows, for screen readers
 * @param {number} most
 * @param {[number, string][]} ticks places along the width (0 to 1) and their words
 * @param {...Node} inside drawn in a box of WIDTH by HEIGHT
 */
function frame(label, most, ticks, ...inside) {
  const size = `0 0 ${LEFT + WIDTH + 12} ${TOP + HEIGHT + BOTTOM}`;
  const lines = [0, most / 2, most].filter((value) => Number.isInteger(value)).flatMap((value) => {
    const y = TOP + HEIGHT - (value / most) * HEIGHT;
    return [
      svg("line", { x1: LEFT, x2: LEFT + WIDTH, y1: y, y2: y, class: "grid" }),
      svg("text", { x: LEFT - 6, y: y + 4, class: "scale end" }, value.toLocaleString("en")),
    ];
  });
  const words = ticks.map(([at, text], each) => svg("text", {
    x: LEFT + at * WIDTH, y: TOP + HEIGHT + 15,
    class: `scale ${each === 0 && at < 0.02 ? "start" : at > 0.98 ? "end" : "middle"}`,
  }, text));
  const body = svg("g", { transform: `translate(${LEFT} ${TOP})` }, ...inside);
  return svg("svg", { viewBox: size, class: "chart", role: "img", "aria-label": label }, ...lines, body, ...words);
}

/**
 * One or two counts over time.
 * @param {string} label
 * @param {{values: number[], kind: string}[]} series the largest first
 * @param {[number, string][]} ticks
 */
export function areaChart(label, series, ticks) {
  const most = niceTop(Math.max(1, ...series.flatMap(({ values }) => values)));
  const paths = series.map(({ values, kind }) =>
    svg("path", { d: areaPath(values, most, WIDTH, HEIGHT), class: `area ${kind}` }));
  return frame(label, most, ticks, ...paths);
}

/**
 * Bars of equal width. A bar that counts anything can be seen.
 * @param {string} label
 * @param {number[]} values
 * @param {[number, string][]} ticks
 */
export function barChart(label, values, ticks) {
  const most = niceTop(Math.max(1, ...values));
  const step = WIDTH / Math.max(values.length, 1);
  const bars = values.map((value, at) => {
    const height = value ? Math.max(2, (value / most) * HEIGHT) : 0;
    return svg("rect", {
      x: round(at * step + 1), y: round(HEIGHT - height), width: round(Math.max(1, step - 2)),
      height: round(height), class: "bar-of",
    });
  });
  return frame(label, most, ticks, ...bars);
}
