// The whole run in one strip: how many tasks were ready, how busy the loop was, what is shown below.

import { curtainPosition, paintCurtain } from "./curtain.js";
import { el } from "./dom.js";
import { Crowd } from "./groups.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */

const MINIMAP_HEIGHT = 44;

export class Minimap {
  /** @param {Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    this.canvas = el("canvas", { class: "minimap", "aria-hidden": "true" });
    this.picture = document.createElement("canvas");
    this.axis = "";
    /** @type {Map<string, Crowd>} */
    this.crowds = new Map();
    const move = (/** @type {PointerEvent} */ event) => {
      if (event.buttons & 1) this.centre(event.offsetX / this.canvas.clientWidth);
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      move(event);
    });
    this.canvas.addEventListener("pointermove", move);
  }

  /** @param {number} share */
  centre(share) {
    const { scene } = this.timeline;
    const { begin, end } = scene.drawn.axis;
    const middle = begin + share * (end - begin);
    const half = (scene.to - scene.from) / 2;
    scene.show(middle - half, middle + half);
    this.timeline.invalidate();
  }

  resize() {
    this.axis = "";
  }

  draw() {
    const { scene, colours } = this.timeline;
    const { axis } = scene.drawn;
    const ratio = devicePixelRatio || 1;
    const width = Math.max(Math.round(this.canvas.clientWidth * ratio), 1);
    const height = Math.round(MINIMAP_HEIGHT * ratio);
    if (this.axis !== axis.name || this.picture.width !== width) {
      if (!this.axis) return this.later();
      this.axis = axis.name;
      this.paint(width, height);
    }
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.drawImage(this.picture, 0, 0);
    const scale = width / (axis.end - axis.begin);
    const curtain = (curtainPosition(scene, this.timeline.shared.state.curtain) - axis.begin) * scale;
    paintCurtain(context, colours.panel, curtain, width, height);
    const [left, right] = [(scene.from - axis.begin) * scale, (scene.to - axis.begin) * scale];
    context.fillStyle = colours.page;
    context.globalAlpha = 0.6;
    context.fillRect(0, 0, left, height);
    context.fillRect(right, 0, width - right, height);
    context.globalAlpha = 1;
    context.strokeStyle = colours.accent;
    context.lineWidth = 2;
    context.strokeRect(left + 1, 1, Math.max(right - left - 2, 2), height - 2);
  }

  /** The timeline comes first: the strip is painted when that is on the screen. */
  later() {
    requestAnimationFrame(() => setTimeout(() => {
      this.axis = "none";
      this.draw();
    }));
  }

  /** @param {number} width @param {number} height */
  paint(width, height) {
    const { scene, colours, recording } = this.timeline;
    const { axis } = scene.drawn;
    this.picture.width = width;
    this.picture.height = height;
    const context = this.picture.getContext("2d");
    if (!context) return;
    const crowd = this.crowds.get(axis.name) ?? new Crowd(recording, axis, scene.groups.flatMap((group) => group.tasks));
    this.crowds.set(axis.name, crowd);
    context.fillStyle = colours.panel;
    context.fillRect(0, 0, width, height);
    const step = (axis.end - axis.begin) / width;
    /** @type {import("./groups.js").Means[]} */
    const columns = [];
    crowd.walk(axis.begin, step, width, (_, means) => columns.push({ ...means }));
    const most = columns.reduce((one, column) => Math.max(one, column.ready), 1);
    const middle = height * 0.5;
    columns.forEach(({ ready, running, stalled }, x) => {
      const tall = (ready / most) * (middle - 3);
      context.fillStyle = colours.ready;
      if (ready > 0) context.fillRect(x, middle - Math.max(tall, 1), 1, Math.max(tall, 1));
      const low = Math.min(running + stalled, 1) * (height - middle - 4);
      context.fillStyle = stalled > running ? colours.stalled : colours.running;
      if (running + stalled > 0) context.fillRect(x, height - 2 - Math.max(low, 1), 1, Math.max(low, 1));
    });
  }
}
