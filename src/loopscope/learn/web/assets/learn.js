// The pages work without this. With it the run beside the text keeps its place when a form is sent,
// and the learner's program is graded when it was saved in an editor.
(() => {
  const LOOK_EVERY_MS = 1000;
  let sending = false;

  /** Shows what the server answers, without loading the run again where it is the same. */
  async function send(form, button) {
    sending = true;
    const body = new URLSearchParams(new FormData(form, button));
    const action = button?.getAttribute("formaction") ?? form.getAttribute("action");
    try {
      const answer = await fetch(action, { method: "POST", body });
      const text = await answer.text();
      const main = text.slice(text.indexOf("<main>"), text.lastIndexOf("</main>")); // no second style
      const goals = button?.value === "hint" ? ["hints"] : [form.dataset.goal, "now"];
      show(new DOMParser().parseFromString(main, "text/html"), goals);
    } catch {
      tell("The server has ended: start 'loopscope learn --web' again.");
    } finally {
      sending = false;
    }
  }

  function show(page, goals) {
    const run = (whole) => whole.querySelector("iframe")?.getAttribute("src");
    const part = run(page) && run(page) === run(document) ? "article" : "main";
    document.querySelector(part).replaceWith(document.adoptNode(page.querySelector(part)));
    const goal = goals.map((id) => document.getElementById(id)).find(Boolean);
    if (!goal) return scrollTo(0, 0);
    goal.tabIndex = -1;
    goal.focus();
    goal.scrollIntoView();
  }

  function tell(text) {
    const status = document.getElementById("watching");
    if (status && status.textContent !== text) status.textContent = text;
  }

  async function look() {
    const watched = document.getElementById("watched");
    const form = watched?.querySelector("form");
    if (watched && form && !sending) {
      try {
        const { stamp } = await (await fetch(watched.dataset.state)).json();
        if (stamp && stamp !== watched.dataset.stamp && !sending) {
          form.requestSubmit(form.querySelector("button[value=grade]"));
        } else if (!sending) {
          tell("Waiting for you to save it.");
        }
      } catch {
        tell("The server has ended: start 'loopscope learn --web' again.");
      }
    }
    setTimeout(look, LOOK_EVERY_MS);
  }

  addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending) return;
    if (event.submitter?.value === "grade") tell("Grading …");
    send(event.target, event.submitter);
  });
  look();
})();
