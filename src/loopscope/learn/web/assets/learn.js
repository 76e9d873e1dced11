// Grades the learner's program when it was saved in an editor: asks every second whether it was.
(() => {
  const watched = document.getElementById("watched");
  const status = document.getElementById("watching");
  const form = watched?.querySelector("form");
  if (!watched || !status || !form) return;
  const button = form.querySelector("button[value=grade]");
  let grading = false;

  form.addEventListener("submit", () => {
    grading = true;
    status.textContent = "Grading …";
  });

  async function look() {
    if (grading) return;
    try {
      const { stamp } = await (await fetch(watched.dataset.state)).json();
      if (stamp && stamp !== watched.dataset.stamp) {
        form.requestSubmit(button);
        return;
      }
      status.textContent = "Waiting for you to save it.";
    } catch {
      status.textContent = "The server has ended: start 'loopscope learn --web' again.";
    }
    setTimeout(look, 1000);
  }
  look();
})();
