// A choice is kept in the page alone; the folded answer opens with the reply to it on top.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form.predict")) {
    const outcome = document.querySelector(`[data-outcome="${form.dataset.predict}"]`);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      const letter = event.target.value;
      form.querySelector(".said").textContent = `You say (${letter}). Read on to see.`;
      if (outcome) answer(outcome, letter);
    });
  }
});

function answer(outcome, letter) {
  const right = outcome.dataset.right;
  outcome.querySelector(".said").textContent =
    letter === right ? `✔ As you predicted: (${letter}).` : `➜ You said (${letter}); it was (${right}).`;
  for (const reply of outcome.querySelectorAll("li")) {
    reply.hidden = ![letter, right].includes(reply.dataset.choice);
  }
  // An explorable shows first; its answer waits until the reader opens it.
  if (!outcome.closest(".explorable")) outcome.open = true;
}
