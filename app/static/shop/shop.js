// What the shop does beyond HTML: the position by a button, quantities sent when they change, the
// total of the way to a door that is chosen.
// By delegation, so parts that htmx brings later work too.

const ROUND = 1000; // A hundred metres: all that finding stores takes.

function locate(button) {
  const form = button.closest("form");
  const fail = () => { button.querySelector("span").textContent = button.dataset.failed; };
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    for (const name of ["latitude", "longitude"]) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value: Math.round(coords[name] * ROUND) / ROUND });
      form.append(field);
    }
    form.submit();
  }, fail, { timeout: 10000, maximumAge: 600000 });
}

function prepare(root) {
  if (!navigator.geolocation) return;
  for (const button of root.querySelectorAll("[data-locates]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-locates]");
  if (button) locate(button);
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-sends]")) event.target.form.requestSubmit();
});

// What was typed of a checkout stays when something else of it is chosen anew: in this tab, once.
const WORDS = "#checkout :is(input:not([type=hidden], [type=radio], [type=checkbox]), textarea)";
try {
  const typed = new Map(JSON.parse(sessionStorage.getItem("typed") ?? "[]"));
  sessionStorage.removeItem("typed");
  for (const field of document.querySelectorAll(WORDS)) {
    const said = typed.get(field.name);
    if (said && !(field.name === "city" && field.value)) field.value = said; // of a new postcode
  }
} catch {
  // A browser that stores nothing: they are typed again.
}
document.addEventListener("submit", (event) => {
  if (event.target.id === "checkout") return;
  const words = Array.from(document.querySelectorAll(WORDS), ({ name, value }) => [name, value]);
  try {
    sessionStorage.setItem("typed", JSON.stringify(words));
  } catch {
    // As above.
  }
});

// What the chosen way to a door comes to, of all ways the page has.
function showWay(chosen) {
  for (const part of document.querySelectorAll("[data-way]")) {
    part.hidden = part.dataset.way !== chosen.value;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-shows=way]")) showWay(event.target);
});
for (const chosen of document.querySelectorAll("[data-shows=way]:checked")) showWay(chosen);

document.addEventListener("htmx:load", (event) => prepare(event.target));
prepare(document);

// The ticket slides out once: loading the page again shows it lying there.
const address = new URL(window.location.href);
if (address.searchParams.has("placed")) {
  address.searchParams.delete("placed");
  window.history.replaceState(null, "", address);
}
