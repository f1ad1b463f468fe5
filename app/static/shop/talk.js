// The conversation as a panel beside the page, where there is room; otherwise the link is a link.

const ROOM = window.matchMedia("(min-width: 48rem)");
let panel = null;

function close(opener) {
  panel.close();
  panel.replaceChildren();
  opener.focus();
}

function open(opener) {
  if (!panel) {
    panel = document.createElement("dialog");
    panel.className = "talk-panel";
    document.body.append(panel);
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(opener); });
    panel.addEventListener("click", (event) => { if (event.target.closest("[data-panel-closes]")) close(opener); });
  }
  panel.setAttribute("aria-label", opener.querySelector(".wide").textContent);
  window.htmx.ajax("GET", opener.dataset.panel, { target: panel, swap: "innerHTML" }).then(() => {
    if (!panel.firstElementChild) return window.location.assign(opener.href);
    panel.show();
    return panel.querySelector("textarea")?.focus();
  });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-panel]");
  if (!opener || !ROOM.matches || !window.htmx || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (document.getElementById("field-words") && !panel?.open) return; // it is what the page shows
  event.preventDefault();
  if (panel?.open) close(opener); else open(opener);
});
