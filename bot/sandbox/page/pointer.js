// Shows with a ring where the tour would press next. It points and never presses, and nothing is covered.

import { calmly } from "./dom.js";

const RING = "pointed";
const NARROW = matchMedia("(max-width: 700px)"); // one phone at a time

export class Pointer {
  #marked = [];

  // stage: brings phones into view; clock: the bar with the jumps.
  constructor(stage, clock) {
    Object.assign(this, { stage, clock });
  }

  // found: what Tour.hint() said, or null for nothing.
  show(found) {
    const marks = found ? this.#targets(found) : [];
    for (const element of this.#marked) if (!marks.includes(element)) element.classList.remove(RING);
    for (const element of marks) element.classList.add(RING);
    this.#marked = marks;
  }

  // Bring the place into view in its chat.
  bring(found) {
    const target = found && !found.hint.jump ? this.#element(found) : null;
    const log = target?.closest(".log");
    if (!log) return;
    const [box, frame] = [target.getBoundingClientRect(), log.getBoundingClientRect()];
    if (box.top >= frame.top && box.bottom <= frame.bottom) return;
    const middle = box.top + box.height / 2 - frame.top - frame.height / 2;
    log.scrollBy({ top: middle, behavior: calmly() });
  }

  // The same with its phone, and the focus there.
  reveal(found) {
    if (!found) return;
    if (found.hint.jump) this.clock.unfold();
    else this.stage.goTo(found.hint.phone, NARROW.matches === false);
    const target = this.#element(found);
    if (!target) return;
    this.bring(found);
    const inside = target.matches(".screen") ? ".log" : "button, textarea";
    const stop = target.matches("button, a") ? target : (target.querySelector(inside) ?? target.closest(".log"));
    stop?.focus({ preventScroll: true });
  }

  #targets(found) {
    const target = this.#element(found);
    const tab = found.hint.jump ? null : this.stage.tabOf(found.hint.phone);
    return [target, tab, found.hint.jump ? this.clock.toggle : null].filter(Boolean);
  }

  #element({ hint, message, row, col }) {
    if (hint.jump) return this.clock.jumpButton(hint.jump);
    const phone = this.stage.phone(hint.phone)?.element;
    if (!phone) return null;
    if (hint.type) return phone.querySelector(".field-box");
    if (!message) return phone.querySelector(".screen");
    const place = phone.querySelector(`[data-message-id="${message.id}"]`);
    if (row !== undefined) return place?.querySelector(`.key[data-row="${row}"][data-col="${col}"]`);
    return hint.link ? place?.querySelector("a[data-start]") : place?.querySelector(".bubble");
  }
}
