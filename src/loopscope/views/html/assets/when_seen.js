// Makes a view only when somebody sees it, so that the timeline is there first.

import { el, fill } from "./dom.js";

/**
 * Calls a function once, when an element comes into sight or the page is about to be printed.
 * @param {HTMLElement} root
 * @param {() => void} make
 */
export function whenSeen(root, make) {
  fill(root, el("p", { class: "empty" }, "…"));
  const once = () => {
    observer.disconnect();
    removeEventListener("beforeprint", once);
    fill(root);
    make();
  };
  const observer = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) once();
  });
  observer.observe(root);
  addEventListener("beforeprint", once);
}
