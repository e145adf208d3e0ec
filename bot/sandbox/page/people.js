// The panel of people: show, hide, order, add.

import { avatar, h, icon, iconButton } from "./dom.js";
import { T, saying } from "./texts.js";

export class PeoplePanel {
  // app: {store, api, roster, say, goTo}.
  constructor(app) {
    this.app = app;
    this.badge = h("span", { class: "badge", hidden: true });
    this.button = h(
      "button",
      {
        type: "button",
        class: "tool worded",
        aria: { expanded: "false", controls: "people" },
        data: { testid: "people-button" },
        on: { click: () => this.#open(this.panel.hidden) },
      },
      icon("people"),
      (this.word = h("span", { class: "tool-word" }, T.people.button)),
      this.badge,
    );
    this.list = h("ol", { class: "people-list" });
    this.panel = h(
      "div",
      {
        class: "panel",
        id: "people",
        hidden: true,
        role: "dialog",
        aria: { label: T.people.title },
        data: { testid: "people-panel" },
      },
      this.#head(),
      this.list,
      this.#form(),
    );
    this.element = h("div", { class: "people" }, this.button, this.panel);
    document.addEventListener("pointerdown", (event) => !this.element.contains(event.target) && this.#open(false));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.panel.hidden) return;
      this.#open(false);
      this.button.focus();
    });
  }

  #head() {
    const all = h(
      "button",
      { type: "button", class: "button small", on: { click: () => this.app.roster.showAll() } },
      T.people.showAll,
    );
    return h("div", { class: "panel-head" }, h("h2", {}, T.people.title), all);
  }

  #open(open) {
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) this.draw();
  }

  // Unread letters of phones that are not shown are counted on the button.
  count() {
    const { store, roster } = this.app;
    const away = [...store.people.values()]
      .filter((person) => !roster.isShown(person.id))
      .reduce((sum, person) => sum + person.unread, 0);
    this.badge.hidden = away === 0;
    this.badge.textContent = String(away);
    this.badge.setAttribute("aria-label", T.people.unread(away));
    const [shown, all] = [roster.shown().length, store.people.size];
    this.word.textContent = shown < all ? T.people.some(shown, all) : T.people.button;
    this.button.title = T.people.chosen(shown, all);
    if (!this.panel.hidden) this.draw();
  }

  draw() {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    const ids = this.app.roster.all();
    this.list.replaceChildren(...ids.map((id) => this.#row(id, ids)));
    if (focused) this.list.querySelector(`[data-focus="${focused}"]`)?.focus();
  }

  #row(id, ids) {
    const { store, roster } = this.app;
    const person = store.people.get(id);
    const name = store.name(person);
    const box = h("input", {
      type: "checkbox",
      checked: roster.isShown(id),
      aria: { label: T.people.show(name) },
      data: { focus: `show-${id}` },
      on: { change: () => (box.checked ? roster.show(id) : roster.hide(id)) },
    });
    const move = (by, label, sign) =>
      iconButton(sign, label, () => roster.move(id, by, ids), {
        disabled: !roster.canMove(id, by, ids),
        data: { focus: `${sign}-${id}` },
      });
    const words = h("span", { class: "person-words" }, h("b", {}, name), h("small", {}, person.label ?? ""));
    const unread = person.unread
      ? h("span", { class: "badge", aria: { label: T.people.unread(person.unread) } }, String(person.unread))
      : null;
    return h(
      "li",
      { data: { testid: "person-row", person: name } },
      h("label", {}, box, avatar(name, id), words, unread),
      move(-1, T.people.up(name), "up"),
      move(1, T.people.down(name), "down"),
    );
  }

  #form() {
    const name = h("input", {
      class: "input",
      required: true,
      maxLength: 64,
      placeholder: T.people.name,
      autocomplete: "off",
      aria: { label: T.people.name },
      data: { testid: "new-name" },
    });
    const label = h("input", {
      class: "input",
      maxLength: 64,
      placeholder: `${T.people.label}: ${T.people.labelHint}`,
      autocomplete: "off",
      aria: { label: T.people.label },
      data: { testid: "new-label" },
    });
    const add = h("button", { type: "submit", class: "button primary" }, T.people.add);
    const form = h("form", { class: "add-person" }, h("h3", {}, T.people.addTitle), name, label, add);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add(name, label);
    });
    return form;
  }

  async #add(nameField, labelField) {
    const { api, roster, say, goTo } = this.app;
    const [first, ...rest] = nameField.value.trim().split(/\s+/u);
    if (!first) return;
    const fields = { first_name: first, last_name: rest.join(" ") || null, label: labelField.value.trim() || null };
    try {
      const person = await api.addPerson(
        Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
      );
      nameField.value = "";
      labelField.value = "";
      this.#open(false);
      roster.show(person.id);
      say(T.people.added([first, ...rest].join(" ")));
      goTo(person.id);
    } catch (trouble) {
      if (trouble.slug === undefined) throw trouble;
      say(saying(trouble));
    }
  }
}
