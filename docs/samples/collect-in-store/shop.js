// The page does its own: it keeps the store that was chosen, and leads nobody away.
for (const each of document.querySelectorAll(".own comptoir-collect")) {
  each.addEventListener("comptoir:choose", (event) => {
    event.preventDefault();
    const { sku, quantity, store } = event.detail;
    document.getElementById("chosen").textContent = `${quantity} × ${sku} @ ${store.code}`;
  });
}

// Without its script there is nothing to see: the page says what to change.
addEventListener("load", () => {
  document.getElementById("unreached").hidden = customElements.get("comptoir-collect") !== undefined;
});
