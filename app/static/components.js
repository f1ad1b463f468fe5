// What components do beyond HTML: dialogs become modal, texts are copied, a refused form is read out.
// Each works by delegation, so parts that htmx brings later work too.

const button = (event, name) => event.target.closest?.(`[${name}]`);

function openDialog(opener) {
  const dialog = document.getElementById(opener.dataset.opens);
  if (!dialog?.showModal) return false;
  dialog.showModal();
  dialog.addEventListener("close", () => opener.focus(), { once: true });
  return true;
}

async function copy(source) {
  const said = source.querySelector("span");
  const before = said.textContent;
  await navigator.clipboard.writeText(source.dataset.copy);
  said.textContent = source.dataset.copied;
  setTimeout(() => { said.textContent = before; }, 2000);
}

function prepare(root) {
  for (const link of root.querySelectorAll("[data-opens], [data-closes]")) {
    link.setAttribute("role", "button");
  }
  if (navigator.clipboard) {
    for (const source of root.querySelectorAll("[data-copy]")) source.hidden = false;
  }
  root.querySelector("[data-takes-focus]")?.focus();
}

document.addEventListener("click", (event) => {
  const opener = button(event, "data-opens");
  if (opener && openDialog(opener)) event.preventDefault();
  const closer = button(event, "data-closes");
  if (closer?.closest("dialog")?.open) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
  const source = button(event, "data-copy");
  if (source) copy(source);
});

document.addEventListener("keydown", (event) => {
  const link = event.key === " " && event.target.closest?.("a[role=button]");
  if (!link) return;
  event.preventDefault();
  link.click();
});

document.addEventListener("htmx:load", (event) => prepare(event.target));
prepare(document);
