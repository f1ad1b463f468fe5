/* Collect in store, on any page: see docs/widget.md. One element, its own shadow, nothing global. */
(() => {
  "use strict";
  const NAME = "comptoir-collect", PATIENCE_MS = 10000, ROUND_TO = 1000;
  const script = document.currentScript;
  const home = script && script.src ? new URL(script.src).origin : "";
  const MARKS = { all: "●", part: "◐", later: "○", none: "–" };
  const WORDS = {
    fr: {
      title: "Retirer en magasin",
      field: "Code postal ou ville",
      search: "Voir les magasins",
      around: "Autour de moi",
      busy: "Nous regardons…",
      found: (count, place) => `${count} magasin${count > 1 ? "s" : ""} ${place ? `près de ${place}` : "autour de vous"}.`,
      nothing: "Aucun magasin ne l’a par ici. Essayez un autre lieu.",
      choose: "Retirer ici",
      chosen: "Choisi",
      picked: (store) => `Magasin choisi\u00a0: ${store}.`,
      empty: "Donnez un code postal ou une ville.",
      place: "Nous ne connaissons pas ce lieu. Donnez un code postal français ou une ville.",
      article: "Cet article ne se retire pas en magasin.",
      position: "Votre appareil ne donne pas de position. Tapez un code postal.",
      slower: "Trop de demandes à la fois. Réessayez dans une minute.",
      failed: "Les magasins ne répondent pas. Vérifiez votre connexion, puis réessayez.",
      again: "Réessayer",
    },
    en: {
      title: "Collect in store",
      field: "Postcode or town",
      search: "See the stores",
      around: "Around me",
      busy: "Looking…",
      found: (count, place) => `${count} store${count > 1 ? "s" : ""} ${place ? `near ${place}` : "around you"}.`,
      nothing: "No store near here has it. Try another place.",
      choose: "Collect here",
      chosen: "Chosen",
      picked: (store) => `Store chosen: ${store}.`,
      empty: "Give a postcode or a town.",
      place: "We do not know this place. Give a French postcode or a town.",
      article: "This article cannot be collected in a store.",
      position: "Your device gives no position. Type a postcode.",
      slower: "Too many requests at once. Try again in a minute.",
      failed: "The stores do not answer. Check your connection, then try again.",
      again: "Try again",
    },
  };
  const LOOK = `
    :host { all: initial !important; display: block !important; direction: ltr !important; isolation: isolate !important;
      margin: var(--comptoir-margin, 0) !important; }
    :host([hidden]) { display: none !important; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    section { padding: var(--comptoir-padding, 1em); max-width: 100%; overflow-wrap: anywhere;
      font: 400 var(--comptoir-size, 1em)/1.5 var(--comptoir-font, system-ui, sans-serif);
      color: var(--comptoir-color, #151b2e); background: var(--comptoir-background, #fff);
      border: 1px solid var(--comptoir-border, #6f7a94); border-radius: var(--comptoir-radius, 6px); }
    h2, h3, p, ul { margin: 0; padding: 0; font: inherit; }
    h2 { font-size: 1.25em; font-weight: 650; line-height: 1.2; margin-bottom: .6em; }
    h3 { font-weight: 650; }
    label { display: block; }
    .row { display: flex; flex-wrap: wrap; gap: .5em; }
    input, button, a { font: inherit; min-height: 2.75em; padding: .4em .9em; border-radius: var(--comptoir-radius, 6px); }
    input { flex: 1 1 9em; min-width: 0; color: inherit; background: var(--comptoir-background, #fff);
      border: 1px solid var(--comptoir-border, #6f7a94); }
    input[aria-invalid] { border: 2px solid var(--comptoir-refused, #b42318); }
    button, a { cursor: pointer; display: inline-flex; align-items: center; justify-content: center; text-decoration: none;
      color: var(--comptoir-accent, #1d3fa8); background: transparent; border: 1px solid currentColor; }
    a { color: var(--comptoir-on-accent, #fff); background: var(--comptoir-accent, #1d3fa8);
      border-color: var(--comptoir-accent, #1d3fa8); flex: 0 0 auto; }
    .link { border-color: transparent; padding-inline: 0; text-decoration: underline; }
    :focus-visible { outline: 3px solid var(--comptoir-accent, #1d3fa8); outline-offset: 2px; }
    .status:not(:empty) { margin-top: .6em; }
    .bad { color: var(--comptoir-refused, #b42318); }
    ul { list-style: none; }
    li { display: flex; flex-wrap: wrap; gap: .5em 1em; align-items: center; justify-content: space-between;
      padding: .75em 0; border-top: 1px solid var(--comptoir-rule, #d3dbd8); }
    ul:not(:empty) { margin-top: .75em; }
    li > div { flex: 1 1 12em; }
    .muted { color: var(--comptoir-muted, #4a5470); font-size: .875em; }

    .all { color: var(--comptoir-ready, #0b6b45); }
    .part, .later { color: var(--comptoir-waiting, #7a4b00); }
    .none { color: var(--comptoir-muted, #4a5470); }
    .chosen { box-shadow: inset 4px 0 var(--comptoir-selected, #ffcb2e); padding-left: .75em; }
  `;
  let look;

  function make(tag, facts = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(facts)) {
      if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  }

  class Collect extends HTMLElement {
    static observedAttributes = ["sku", "gtin", "quantity", "lang", "place"];
    #parts = null;
    #words = WORDS.fr;
    #where = null;
    #running = null;

    connectedCallback() {
      if (this.#parts) return;
      this.#build();
      if (this.getAttribute("place")) this.#ask({ place: this.getAttribute("place") });
    }

    disconnectedCallback() {
      if (this.#running) this.#running.abort();
    }

    attributeChangedCallback(name, before, now) {
      if (!this.#parts || before === now) return;
      if (name === "lang") this.#build();
      if (name === "place") this.#where = now ? { place: now } : null;
      if (name === "place") this.#parts.field.value = now || "";
      if (this.#where) this.#ask(this.#where);
    }

    get #language() {
      const said = this.getAttribute("lang") || document.documentElement.lang || "fr";
      return said.toLowerCase().startsWith("en") ? "en" : "fr";
    }

    #build() {
      const words = (this.#words = WORDS[this.#language]);
      const level = Math.min(Math.max(Number(this.getAttribute("heading")) || 2, 1), 5);
      const title = make("h2", { id: "title", part: "title", "aria-level": level, role: "heading" }, words.title);
      const field = make("input", {
        id: "place", part: "field", maxlength: "80", autocomplete: "postal-code", enterkeyhint: "search",
        "aria-describedby": "status",
      });
      field.value = (this.#parts && this.#parts.field.value) || this.getAttribute("place") || "";
      const around = make("button", { type: "button", class: "link", part: "around", hidden: !("geolocation" in navigator && isSecureContext) }, words.around);
      const form = make(
        "form", { part: "form", novalidate: true },
        make("label", { for: "place", part: "label" }, words.field),
        make("div", { class: "row" }, field, make("button", { part: "search" }, words.search)),
        around,
      );
      const status = make("p", { id: "status", class: "status", part: "status", role: "status" });
      const again = make("button", { type: "button", part: "again", hidden: true }, words.again);
      const list = make("ul", { part: "stores" });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const place = field.value.trim();
        if (place) this.#ask({ place });
        else this.#refuse(words.empty, field);
      });
      around.addEventListener("click", () => this.#locate());
      again.addEventListener("click", () => {
        field.focus();
        this.#ask(this.#where);
      });
      const root = this.shadowRoot || this.attachShadow({ mode: "open", delegatesFocus: true });
      if (!look) (look = new CSSStyleSheet()).replaceSync(LOOK);
      root.adoptedStyleSheets = [look];
      root.replaceChildren(
        make("section", { part: "box", "aria-labelledby": "title", lang: this.#language }, title, form, status, again, list),
      );
      this.#parts = { field, status, again, list };
    }

    #locate() {
      this.#say(this.#words.busy);
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          const [latitude, longitude] = [coords.latitude, coords.longitude].map((each) => (Math.round(each * ROUND_TO) / ROUND_TO).toFixed(3));
          this.#parts.field.value = "";
          this.#ask({ latitude, longitude });
        },
        () => this.#refuse(this.#words.position),
        { timeout: PATIENCE_MS, maximumAge: 300000 },
      );
    }

    async #ask(where) {
      const words = this.#words, shop = this.getAttribute("shop") || home;
      this.#where = where;
      if (this.#running) this.#running.abort();
      const running = (this.#running = new AbortController());
      const patience = setTimeout(() => running.abort("late"), PATIENCE_MS);
      this.#say(words.busy);
      this.#parts.list.replaceChildren();
      const query = new URLSearchParams({ ...where, language: this.#language });
      for (const name of ["sku", "gtin", "quantity"]) {
        if (this.getAttribute(name)) query.set(name, this.getAttribute(name));
      }
      try {
        const answer = await fetch(`${shop}/api/v1/collect-offers?${query}`, {
          credentials: "omit", mode: "cors", referrerPolicy: "no-referrer", signal: running.signal,
        });
        const told = await answer.json();
        if (this.#running !== running) return;
        if (answer.ok) this.#show(told);
        else this.#explain(answer.status, told);
      } catch {
        if (this.#running === running && (!running.signal.aborted || running.signal.reason === "late")) {
          this.#refuse(words.failed);
          this.#parts.again.hidden = false;
        }
      } finally {
        clearTimeout(patience);
      }
    }

    #explain(status, told) {
      const words = this.#words, kind = String(told.type).split("/").pop();
      if (kind === "unknown-place") return this.#refuse(words.place, this.#parts.field);
      if (kind === "unknown-sku" || status === 422) return this.#refuse(words.article);
      this.#refuse(status === 429 ? words.slower : words.failed);
      this.#parts.again.hidden = false;
    }

    #say(sentence, bad = false) {
      const { field, status, again } = this.#parts;
      status.textContent = sentence;
      status.classList.toggle("bad", bad);
      field.removeAttribute("aria-invalid");
      again.hidden = true;
    }

    #refuse(sentence, field) {
      this.#say(sentence, true);
      if (!field) return;
      field.setAttribute("aria-invalid", "true");
      field.focus();
    }

    #show(told) {
      const shop = this.getAttribute("shop") || home;
      for (const each of told.stores) if (each.href) each.href = new URL(each.href, shop).href;
      const words = this.#words, some = told.stores.some((each) => each.kind !== "none");
      this.#say(some ? words.found(told.stores.length, told.place) : words.nothing);
      this.#parts.list.replaceChildren(...told.stores.map((each) => this.#row(each, told)));
    }

    #row(store, told) {
      const name = `name-${store.code}`;
      const row = make(
        "li", { part: `store ${store.kind}` },
        make(
          "div", {},
          make("h3", { part: "name" }, make("span", { id: name }, store.name), store.distance ? ` · ${store.distance}` : ""),
          make(
            "p", { part: "said", class: store.kind },
            make("span", { "aria-hidden": "true" }, `${MARKS[store.kind]} `), make("strong", {}, store.said),
          ),
          ...store.notes.map((note) => make("p", { class: "muted", part: "note" }, note)),
        ),
      );
      if (!store.href) return row;
      const choose = make("a", { id: `go-${store.code}`, part: "choose", href: store.href, "aria-labelledby": `go-${store.code} ${name}` }, this.#words.choose);
      choose.addEventListener("click", (event) => {
        const detail = { ...told.article, quantity: told.quantity, store };
        const going = this.dispatchEvent(new CustomEvent("comptoir:choose", { bubbles: true, composed: true, cancelable: true, detail }));
        if (going) return;
        event.preventDefault();
        this.#mark(row, choose, store);
      });
      row.append(choose);
      return row;
    }

    #mark(row, choose, store) {
      for (const each of this.#parts.list.querySelectorAll(".chosen")) {
        each.classList.remove("chosen");
        each.part.remove("chosen");
        each.querySelector("a").removeAttribute("aria-current");
        each.querySelector("a").textContent = this.#words.choose;
      }
      row.classList.add("chosen");
      row.part.add("chosen");
      choose.setAttribute("aria-current", "true");
      choose.textContent = this.#words.chosen;
      this.#say(this.#words.picked(store.name));
    }
  }

  function place() {
    const { into, ...said } = script.dataset, made = make(NAME, said);
    const target = into && document.querySelector(into);
    if (target) target.append(made);
    else script.after(made);
  }

  if (!customElements.get(NAME)) customElements.define(NAME, Collect);
  if (!script || !(script.dataset.sku || script.dataset.gtin)) return;
  if (script.dataset.into && document.readyState === "loading") document.addEventListener("DOMContentLoaded", place, { once: true });
  else place();
})();
