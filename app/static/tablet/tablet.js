// What the tablet's pages do beyond HTML: the scan field keeps the focus, the PIN pad types, times
// count down, the camera reads codes, a sheet is printed. Each part is absent without scripts.

import { openCamera } from "./camera.js";
import "./tally.js";

const scanField = () => document.querySelector("dialog[open]") ? null : document.querySelector("[data-scan]");

// A keyboard wedge types wherever the focus is: what comes while nothing is being typed into goes to
// the scan field.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea");
  if (typing || event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === " ") return;
  scanField()?.focus();
});

// What was looked for stands selected, so that the next scan replaces it; never what is being typed.
const lookedFor = document.querySelector("[data-select]");
if (lookedFor?.value === lookedFor?.defaultValue) lookedFor?.select();

// The PIN pad.
for (const pad of document.querySelectorAll("[data-pad]")) {
  const field = document.getElementById(pad.dataset.pad);
  pad.hidden = false;
  for (const other of document.querySelectorAll("[data-without-pad]")) other.remove();
  pad.addEventListener("click", (event) => {
    const button = event.target.closest("button[type=button]");
    if (!button) return;
    const room = field.maxLength < 0 || field.value.length < field.maxLength;
    if ("erase" in button.dataset) field.value = field.value.slice(0, -1);
    else if (room) field.value += button.dataset.digit;
  });
}

// Countdowns: the same words as the server says, each half minute.
const MINUTE_MS = 60_000;
const HOUR_MIN = 60;

function said(until, words) {
  const minutes = Math.floor((until - Date.now()) / MINUTE_MS);
  const late = minutes < 0;
  const size = Math.abs(late ? minutes + 1 : minutes);
  const hours = Math.floor(size / HOUR_MIN);
  const rest = size % HOUR_MIN;
  return words[`${late ? "late" : "in"}${hours ? "hours" : "min"}`]
    .replace("%h", hours)
    .replace("%m", hours ? String(rest).padStart(2, "0") : rest);
}

function countDown() {
  const words = document.querySelector("[data-inmin]")?.dataset;
  if (!words) return;
  for (const time of document.querySelectorAll("[data-counts-down]")) {
    const text = said(Date.parse(time.dateTime), words);
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(countDown, MINUTE_MS / 2);
document.addEventListener("htmx:load", countDown);

// Clocks of who waits outside: from the seconds the server counted, whatever time the tablet has.
const begun = new WeakMap();

function countUp() {
  for (const clock of document.querySelectorAll("[data-waits]")) {
    if (!begun.has(clock)) begun.set(clock, performance.now() - 1000 * clock.dataset.waits);
    const waited = Math.floor((performance.now() - begun.get(clock)) / 1000);
    const text = `${Math.floor(waited / 60)}:${String(waited % 60).padStart(2, "0")}`;
    const shown = clock.querySelector("[data-waited]");
    if (shown.textContent !== text) shown.textContent = text;
    clock.classList.toggle("waits-long", waited >= Number(clock.dataset.alert));
  }
}

setInterval(countUp, 500);
document.addEventListener("htmx:load", countUp);

// A basket: whatever is chosen is looked at again at once, and the page stays where it was.
const PLACE = "comptoir-place";
const kept = document.querySelector("form[data-keeps-place]");
const place = sessionStorage.getItem(PLACE);
if (kept && place && !document.querySelector("[role=alert]")) window.scrollTo(0, Number(place));
sessionStorage.removeItem(PLACE);
kept?.addEventListener("submit", () => sessionStorage.setItem(PLACE, String(window.scrollY)));
kept?.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends]")) kept.requestSubmit();
});

// The camera, where there is one.
if (navigator.mediaDevices?.getUserMedia) {
  for (const button of document.querySelectorAll("[data-camera]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = await openCamera(button.dataset);
      const field = document.getElementById(button.dataset.camera);
      if (text === null) { field.focus(); return; }
      field.value = text;
      field.form.requestSubmit();
    });
  }
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
