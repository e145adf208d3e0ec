// The card of the tour beside the phones: what to do now, what came of it, and the ways out of it.

import { h, icon, iconButton } from "./dom.js";
import { T } from "./texts.js";

export class Guide {
  // acts: {reveal(found), write(phone, text), draw()}.
  constructor(tour, acts) {
    Object.assign(this, { tour, acts });
    this.count = h("p", { class: "guide-count", data: { testid: "tour-count" } });
    this.bar = h("progress", { class: "guide-progress", max: 1, value: 0, aria: { label: T.tour.progress } });
    this.close = iconButton("close", T.tour.leave, () => tour.leave(), { data: { testid: "tour-leave" } });
    this.achieved = h("p", { class: "guide-done" });
    this.title = h("h2", { class: "guide-title", tabIndex: -1, data: { testid: "tour-title" } });
    this.text = h("div", { class: "guide-text" });
    this.say = h("p", { class: "guide-say", data: { testid: "tour-say" } });
    this.words = h("button", {
      type: "button",
      class: "guide-words",
      hidden: true,
      aria: { label: T.tour.write },
      data: { testid: "tour-write" },
      on: { click: () => acts.write(this.found.hint.phone, this.found.hint.type) },
    });
    this.buttons = h("div", { class: "guide-buttons" });
    this.element = h(
      "aside",
      { class: "guide", hidden: true, aria: { label: T.tour.label }, data: { testid: "tour" } },
      h("div", { class: "guide-head" }, this.count, this.bar, this.close),
      // Only what changed is read out: a step's title and text once, then each hint.
      h(
        "div",
        { class: "guide-body", role: "status", aria: { live: "polite", atomic: "false" } },
        this.achieved,
        this.title,
        this.text,
        this.say,
      ),
      this.words,
      this.buttons,
    );
  }

  // found: what Tour.hint() said.
  draw(found) {
    this.found = found;
    const { status } = this.tour;
    this.element.hidden = !["offered", "on", "done"].includes(status);
    Object.assign(this.element.dataset, { status, at: `${status} ${this.tour.number} ${found?.hint.say ?? ""}` });
    if (this.element.hidden) return;
    const card = { offered: () => this.#offered(), on: () => this.#step(found), done: () => this.#end() }[status]();
    write(this.count, card.count ?? "");
    this.bar.hidden = card.part === undefined;
    this.bar.value = card.part ?? 0;
    this.achieved.hidden = !card.achieved;
    if (card.achieved !== this.achieved.dataset.words)
      this.achieved.replaceChildren(...(card.achieved ? [icon("check"), h("span", {}, card.achieved)] : []));
    this.achieved.dataset.words = card.achieved ?? "";
    write(this.title, card.title);
    const text = card.text.join("\n");
    if (text !== this.text.dataset.words) this.text.replaceChildren(...card.text.map((line) => h("p", {}, line)));
    this.text.dataset.words = text;
    write(this.say, card.say ?? "");
    this.say.hidden = !card.say;
    this.words.hidden = !card.words;
    if (card.words) {
      write(this.words, card.words);
      this.words.title = T.tour.write;
      this.words.setAttribute("aria-label", `${T.tour.write}: ${card.words}`);
    }
    this.#drawButtons(card.buttons);
  }

  #offered() {
    const { welcome } = this.tour.script;
    return {
      title: welcome.title,
      text: welcome.text,
      count: welcome.note,
      buttons: [
        ["start", welcome.start, () => this.tour.start(), true],
        ["later", welcome.later, () => this.tour.leave()],
      ],
    };
  }

  #step(found) {
    const { tour } = this;
    return {
      count: T.tour.step(tour.number + 1, tour.count),
      part: tour.number / tour.count,
      achieved: tour.achieved,
      title: tour.step.title,
      text: [tour.step.text],
      say: found?.hint.say,
      words: found?.hint.type,
      buttons: [
        ["show", T.tour.show, () => this.acts.reveal(this.found), true],
        ["skip", T.tour.skip, () => tour.skip()],
      ],
    };
  }

  #end() {
    const { end } = this.tour.script;
    return {
      count: T.tour.over,
      part: 1,
      achieved: this.tour.achieved,
      title: end.title,
      text: end.text,
      buttons: [
        ["finish", T.close, () => this.tour.leave(), true],
        ["again", end.again, () => this.tour.offer()],
      ],
    };
  }

  #drawButtons(buttons) {
    const names = buttons.map(([name, label]) => `${name} ${label}`).join();
    if (names === this.buttons.dataset.names) return;
    this.buttons.dataset.names = names;
    const focused = this.buttons.contains(document.activeElement);
    this.buttons.replaceChildren(
      ...buttons.map(([name, label, act, primary]) =>
        h(
          "button",
          {
            type: "button",
            class: primary ? "button primary" : "button quiet",
            data: { testid: `tour-${name}` },
            on: { click: act },
          },
          label,
        ),
      ),
    );
    if (focused) this.buttons.firstElementChild.focus();
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
