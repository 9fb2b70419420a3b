"use strict";
// What pages can do better where scripts run: pick by typing, copy. Everything works without.

/** How many suggestions are shown. */
const MOST = 20;
/** How long nobody types before it is looked for, in milliseconds. */
const PAUSE = 150;
/** What is shown of an object of each collection, and in which fields else it is filled in. */
const COLLECTIONS = {
  customers: { fields: "id,code,first_name,second_name,phone", words: ["code", "first_name", "second_name", "phone"], fills: [] },
  items: { fields: "id,name,price_per_unit,currency,is_active", words: ["name", "currency", "price_per_unit"], fills: ["price_per_unit", "currency"] },
  orders: { fields: "id,item,quantity,customer_code,status", words: ["customer_code", "quantity", "item", "status"], fills: [] },
  organizations: { fields: "id,name", words: ["name"], fills: [] },
};

function element(name, attributes, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

class Picker {
  constructor(fieldset) {
    this.fieldset = fieldset;
    this.collection = COLLECTIONS[fieldset.dataset.collection];
    this.input = fieldset.querySelector("input[type=search]");
    if (!this.collection || !this.input) return;
    fieldset.querySelector("button[name=_pick]").hidden = true;
    this.list = element("ul", { class: "suggestions", role: "listbox", id: `${this.input.id}-list`, "aria-label": "Suggestions", hidden: "" });
    this.input.after(this.list);
    for (const [key, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false",
    })) this.input.setAttribute(key, value);
    this.found = [];
    this.at = -1;
    this.asked = 0;
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("focus", () => this.later());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    const asked = ++this.asked;
    const url = new URL(this.fieldset.dataset.source);
    url.protocol = location.protocol;
    url.host = location.host;
    const search = this.input.value.trim();
    if (search) url.searchParams.set("search", search);
    if (this.fieldset.dataset.collection === "items") url.searchParams.set("is_active", "true");
    url.searchParams.set("limit", String(MOST));
    url.searchParams.set("count", "false");
    url.searchParams.set("fields", this.collection.fields);
    const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok || asked !== this.asked || document.activeElement !== this.input) return;
    const body = await answer.json();
    this.show(Object.values(body).find(Array.isArray) ?? []);
  }

  show(found) {
    this.found = found;
    this.at = -1;
    const lines = found.map((object, index) => {
      const line = element("li", { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" }, this.name(object));
      line.addEventListener("mousedown", (event) => { event.preventDefault(); this.choose(index); });
      return line;
    });
    if (!lines.length) lines.push(element("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing found"));
    this.list.replaceChildren(...lines);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  name(object) {
    return this.collection.words.map((word) => object[word]).filter((word) => word !== undefined && word !== null).join(" ");
  }

  key(event) {
    if (event.key === "Escape") { this.close(); return; }
    if (this.list.hidden) { if (event.key === "ArrowDown") { event.preventDefault(); this.look(); } else if (event.key === "Enter") { event.preventDefault(); } return; }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const count = this.found.length;
      if (!count) return;
      this.move((this.at + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.found.length) this.choose(Math.max(this.at, 0));
    }
  }

  move(to) {
    this.list.querySelectorAll("[role=option]").forEach((line, index) => line.setAttribute("aria-selected", String(index === to)));
    this.at = to;
    const line = this.list.children[to];
    line.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", line.id);
  }

  choose(index) {
    const object = this.found[index];
    const name = this.fieldset.dataset.name;
    const chosen = element("label", { class: "option" });
    const radio = element("input", { type: "radio", name, value: object.id });
    radio.checked = true;
    chosen.append(radio, ` ${this.name(object)}`);
    const none = element("label", { class: "option" });
    none.append(element("input", { type: "radio", name, value: "" }), " none");
    this.fieldset.querySelector(".options").replaceChildren(chosen, none);
    const form = this.input.form;
    for (const field of this.collection.fills) {
      const other = form.elements.namedItem(field);
      if (other) other.value = object[field];
    }
    this.input.value = "";
    this.close();
  }

  close() {
    this.asked += 1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

document.querySelectorAll(".pick").forEach((fieldset) => new Picker(fieldset));

document.querySelectorAll("button.copy").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
});
