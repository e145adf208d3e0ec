// The sandbox's clock: what time it is there, and the buttons that move it.

import { dayOf, hoursMinutes, localParts, momentOf, seconds, shortDate, weekdayAndDate, weekdayAndNumber } from "./dates.js";
import { h, icon } from "./dom.js";
import { T, saying } from "./texts.js";

export class ClockBar {
  constructor(store, api, say) {
    Object.assign(this, { store, api, say });
    this.hours = h("span", { class: "clock-hours", data: { testid: "clock-time" } });
    this.seconds = h("span", { class: "clock-seconds", aria: { hidden: "true" } });
    this.date = h("span", { class: "clock-date", data: { testid: "clock-date" } });
    this.shortDate = h("span", { class: "clock-date-short", aria: { hidden: "true" } });
    const face = h("span", { class: "clock-face" }, this.hours, this.seconds);
    this.toggle = h(
      "button",
      {
        type: "button",
        class: "clock-now",
        title: T.clock.move,
        aria: { expanded: "false", controls: "clock-moves" },
        data: { testid: "clock" },
        on: { click: () => this.unfold(!this.unfolded) },
      },
      face,
      this.date,
      this.shortDate,
      icon("down"),
    );
    this.moves = h("div", {
      class: "moves",
      id: "clock-moves",
      role: "group",
      aria: { label: T.clock.move },
      data: { testid: "clock-moves" },
    });
    this.element = h(
      "div",
      { class: "clock", role: "group", aria: { label: T.clock.label } },
      this.toggle,
      this.moves,
    );
    this.setter = this.#makeSetter();
    store.on("clock", () => this.draw());
    document.addEventListener(
      "pointerdown",
      (event) => this.unfolded && !this.element.contains(event.target) && this.unfold(false),
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.unfolded) {
        this.unfold(false);
        this.toggle.focus();
      }
    });
    setInterval(() => this.#tick(), 250);
    this.draw();
  }

  // On a narrow window the moves fold away under the time.
  unfold(open = true) {
    this.unfolded = open;
    this.element.classList.toggle("unfolded", open);
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  // The button of a jump.
  jumpButton(id) {
    return this.moves.querySelector(`[data-jump="${id}"]`);
  }

  draw() {
    const { clock } = this.store;
    this.element.hidden = !clock;
    if (!clock) return;
    const today = dayOf(this.store.now(), this.store.zone);
    const jumps = JSON.stringify([today, clock.jumps]);
    if (jumps !== this.jumps) this.#drawMoves(clock.jumps);
    this.jumps = jumps;
    this.#tick();
  }

  #drawMoves(jumps) {
    const focused = this.moves.contains(document.activeElement) ? document.activeElement.dataset.jump : null;
    const moves = jumps.map(({ id, title, at }) => this.#move(this.#jumpWords(title, at), { jump: id }));
    this.moves.replaceChildren(...moves, this.setter);
    if (focused) (this.jumpButton(focused) ?? moves[0])?.focus();
  }

  // When, and what is then; a jump whose moment isn't known beforehand has its title alone.
  #jumpWords(title, at) {
    if (!at) return [title];
    const moment = Date.parse(at);
    const { zone } = this.store;
    const [now, day] = [dayOf(this.store.now(), zone), dayOf(moment, zone)];
    const time = hoursMinutes(moment, zone);
    const tomorrow = dayOf(this.store.now() + 86_400_000, zone) === day;
    const when = day === now ? time : tomorrow ? T.clock.tomorrow(time) : `${weekdayAndNumber(moment, zone)}, ${time}`;
    return [h("b", { class: "move-when" }, when), " ", h("span", { class: "move-what" }, title)];
  }

  #move(words, change) {
    const button = h(
      "button",
      { type: "button", class: "move", data: { testid: "jump-to", jump: change.jump } },
      words,
    );
    button.addEventListener("click", () => this.#go(button, change));
    return button;
  }

  #makeSetter() {
    const field = h("input", {
      type: "datetime-local",
      class: "moment",
      required: true,
      aria: { label: T.clock.setTitle },
    });
    const apply = h("button", { type: "submit", class: "button primary" }, T.clock.apply);
    const steps = [
      this.#move(T.clock.five, { advance_seconds: 300 }),
      this.#move(T.clock.hour, { advance_seconds: 3600 }),
    ];
    const form = h("form", { class: "setter-form" }, h("div", { class: "setter-steps" }, steps), field, apply);
    const box = h("details", { class: "setter" }, h("summary", { class: "move" }, T.clock.set), form);
    box.addEventListener("toggle", () => {
      if (!box.open) return;
      field.value = localParts(this.store.now(), this.store.zone);
      const beyond = box.getBoundingClientRect().left + form.offsetWidth + 16 - innerWidth;
      form.style.left = `${-Math.max(0, beyond)}px`;
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await this.#go(apply, { set: momentOf(field.value, this.store.zone).toISOString() })) box.open = false;
    });
    document.addEventListener("pointerdown", (event) => {
      if (!box.contains(event.target)) box.open = false;
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !box.open) return;
      event.stopPropagation();
      box.open = false;
      box.querySelector("summary").focus();
    });
    return box;
  }

  async #go(button, change) {
    if (this.element.getAttribute("aria-busy")) return false;
    this.element.setAttribute("aria-busy", "true");
    button.setAttribute("aria-busy", "true");
    try {
      this.store.setClock(await this.api.clock(change));
      this.unfold(false);
      this.say(
        T.clock.moved(
          `${shortDate(this.store.now(), this.store.zone)}, ${hoursMinutes(this.store.now(), this.store.zone)}`,
        ),
        true,
      );
      return true;
    } catch (trouble) {
      if (trouble.slug === undefined) throw trouble;
      this.say(saying(trouble));
      return false;
    } finally {
      this.element.removeAttribute("aria-busy");
      button.removeAttribute("aria-busy");
    }
  }

  #tick() {
    if (!this.store.clock) return;
    const now = this.store.now();
    write(this.hours, hoursMinutes(now, this.store.zone));
    write(this.seconds, seconds(now));
    write(this.date, weekdayAndDate(now, this.store.zone));
    write(this.shortDate, shortDate(now, this.store.zone));
    const passed = this.store.clock.jumps.some(({ at }) => at && Date.parse(at) <= now);
    if (passed) this.#renew();
  }

  // A bell has rung by itself: the jumps lead elsewhere now.
  async #renew() {
    if (this.renewing) return;
    this.renewing = true;
    try {
      this.store.setClock(await this.api.time());
    } catch (trouble) {
      if (trouble.slug === undefined) throw trouble;
    } finally {
      setTimeout(() => (this.renewing = false), 2000);
    }
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
