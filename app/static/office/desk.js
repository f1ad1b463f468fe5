// The desk of a call by keyboard: Alt and a digit go to a field or choose a way, Control and Enter
// order.

const form = document.querySelector("form.desk");

document.addEventListener("keydown", (event) => {
  if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
    const field = document.querySelector(`[data-hotkey="${event.code.at(-1)}"]`);
    if (field) {
      event.preventDefault();
      field.focus();
      if (field.type === "radio") field.click();
      else field.select?.();
    }
  }
  if (event.ctrlKey && event.key === "Enter") {
    const order = document.querySelector("[data-hotkey-order]");
    if (order) {
      event.preventDefault();
      form.requestSubmit(order);
    }
  }
});

for (const choice of document.querySelectorAll("[data-looks]")) {
  choice.addEventListener("change", () => form.requestSubmit());
}
