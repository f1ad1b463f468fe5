// One tap in a message counts without a second one: the score that was tapped is sent as soon as
// somebody looks at the page. What only fetches or draws pages unseen sends nothing.

const LOOKED_AT_MS = 700;
const form = document.querySelector("[data-score]");

function send() {
  if (document.visibilityState !== "visible" || navigator.webdriver) return;
  window.setTimeout(() => {
    if (document.visibilityState === "visible") form.requestSubmit();
  }, LOOKED_AT_MS);
}

if (form) {
  send();
  document.addEventListener("visibilitychange", send, { once: true });
}
