// Counting goods that come in: a scan adds one at once, without asking the server. What the page does
// not know is sent to it, which says what it is.

const plain = (text) => text.replace(/\s+/g, "").toUpperCase();

function findLine(form, said) {
  const code = plain(said);
  const digits = code.replace(/^0+/, "");
  return [...form.querySelectorAll("[data-tally-line]")].find((line) => {
    const [sku, gtin] = line.dataset.codes.split(" ");
    return sku === code || (gtin !== undefined && gtin === digits);
  });
}

function say(form, line, units) {
  const expected = Number(line.dataset.expected);
  const words = form.dataset;
  let said = words.saidExtra;
  if (units === expected) said = words.saidAll;
  else if (units < expected) said = words.saidShort.replace("%u", expected - units);
  else if (expected) said = words.saidOver.replace("%u", units - expected);
  const note = line.querySelector("[data-tally-note]");
  if (note) {
    note.textContent = said;
    note.className = `tally-note tally-${units === expected ? "ok" : units < expected ? "short" : "over"}`;
  }
}

function add(form, line) {
  const input = line.querySelector("input[name^='figure:']");
  if (!/^\d*$/.test(input.value)) return false;
  const units = Number(input.value) + 1;
  input.value = units;
  for (const other of form.querySelectorAll(".tally-last")) other.classList.remove("tally-last");
  line.classList.add("tally-last");
  say(form, line, units);
  const words = form.dataset.saidPlus.replace("%n", line.dataset.name).replace("%u", units);
  form.querySelector("[data-tally-said]").textContent = words;
  return true;
}

for (const form of document.querySelectorAll("form[data-tally]")) {
  form.addEventListener("submit", (event) => {
    const act = event.submitter?.value ?? "scan";
    const field = form.elements.said;
    if (act !== "scan" || !field.value.trim()) return;
    const line = findLine(form, field.value);
    if (!line || !add(form, line)) return;
    event.preventDefault();
    field.value = "";
    field.focus();
  });
  form.addEventListener("input", (event) => {
    const line = event.target.closest("[data-tally-line]");
    if (line && /^\d+$/.test(event.target.value)) say(form, line, Number(event.target.value));
  });
}
