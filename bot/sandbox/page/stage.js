// The row of phones, and the ways to move along it: arrows beside it, a switcher on a narrow window.

import { avatar, calmly, h, iconButton } from "./dom.js";
import { Phone } from "./phone.js";
import { T } from "./texts.js";

// Parts of a phone's width: enough to count as looked at; enough to be the one of a narrow window.
const IN_VIEW = 0.3;
const CURRENT = 0.55;
const BESIDE = 24; // px beside a phone that is brought into view

export class Stage {
  #phones = new Map();
  #tabs = new Map();
  #current = null;

  constructor(store, api, roster) {
    Object.assign(this, { store, api, roster });
    this.onMoved = () => {}; // another phone is before the eyes
    this.row = h("div", { class: "stage-row", data: { testid: "stage" } });
    this.previous = iconButton("left", T.people.previous, () => this.#scroll(-1), {
      class: "edge edge-left",
      hidden: true,
    });
    this.next = iconButton("right", T.people.next, () => this.#scroll(1), { class: "edge edge-right", hidden: true });
    this.hollow = h("p", { class: "hollow", hidden: true });
    this.switcher = h("nav", { class: "switcher", aria: { label: T.people.switcher }, data: { testid: "switcher" } });
    this.element = h(
      "main",
      { class: "stage", id: "phones", tabIndex: -1 },
      this.hollow,
      this.row,
      this.previous,
      this.next,
    );
    this.watcher = new IntersectionObserver((entries) => this.#seen(entries), {
      root: this.row,
      threshold: [0, IN_VIEW, CURRENT],
    });
    this.row.addEventListener("scroll", () => this.#edges(), { passive: true });
    new ResizeObserver(() => this.#edges()).observe(this.row);
    document.addEventListener("visibilitychange", () => this.#phones.forEach((phone) => phone.seen()));
  }

  draw() {
    const shown = this.roster.shown();
    for (const [id, phone] of this.#phones) if (!shown.includes(id)) this.#remove(id, phone);
    shown.forEach((id, index) => {
      const phone = this.#phones.get(id) ?? this.#add(id);
      phone.drawPerson();
      const at = this.row.children[index] ?? null;
      if (at !== phone.element) this.row.insertBefore(phone.element, at);
    });
    this.hollow.hidden = shown.length > 0 && !this.busy;
    this.hollow.textContent = this.busy ?? (this.store.people.size ? T.nobodyShown : T.nobody);
    this.element.classList.toggle("busy", Boolean(this.busy));
    this.row.inert = Boolean(this.busy);
    this.drawTabs();
    this.#edges();
  }

  #add(id) {
    const phone = new Phone(id, this.store, this.api, this.roster);
    this.#phones.set(id, phone);
    this.watcher.observe(phone.element);
    return phone;
  }

  #remove(id, phone) {
    this.watcher.unobserve(phone.element);
    phone.show(false);
    phone.leave();
    phone.element.remove();
    this.#phones.delete(id);
  }

  #seen(entries) {
    for (const { target, isIntersecting, intersectionRatio } of entries) {
      const id = Number(target.dataset.personId);
      const phone = this.#phones.get(id);
      if (isIntersecting) phone?.open();
      phone?.show(intersectionRatio >= IN_VIEW);
      if (intersectionRatio >= CURRENT) this.#setCurrent(id);
    }
  }

  #setCurrent(id) {
    this.#current = id;
    this.onMoved();
    for (const [tabId, tab] of this.#tabs) {
      if (tabId === id) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
    const tab = this.#tabs.get(id);
    if (tab)
      this.switcher.scrollTo({
        left: tab.offsetLeft - (this.switcher.clientWidth - tab.offsetWidth) / 2,
        behavior: calmly(),
      });
  }

  drawTabs() {
    const shown = this.roster.shown();
    const focused = this.switcher.contains(document.activeElement) ? document.activeElement.dataset.person : null;
    this.#tabs = new Map(shown.map((id) => [id, this.#tab(id)]));
    this.switcher.replaceChildren(...this.#tabs.values());
    this.switcher.hidden = shown.length < 2;
    if (this.#current === null || !this.#tabs.has(this.#current)) this.#current = shown[0] ?? null;
    this.#tabs.get(this.#current)?.setAttribute("aria-current", "true");
    for (const tab of this.#tabs.values()) if (tab.dataset.person === focused) tab.focus({ preventScroll: true });
  }

  #tab(id) {
    const person = this.store.people.get(id);
    const name = this.store.name(person);
    const unread = person.unread
      ? h("span", { class: "badge", aria: { label: T.people.unread(person.unread) } }, String(person.unread))
      : null;
    const words = h(
      "span",
      { class: "tab-words" },
      h("b", {}, name),
      person.label ? h("small", {}, person.label) : null,
    );
    return h(
      "button",
      { type: "button", class: "tab", data: { testid: "tab", person: name }, on: { click: () => this.goTo(id) } },
      avatar(name, id),
      words,
      unread,
    );
  }

  phone(id) {
    return this.#phones.get(id);
  }

  // The tab of a phone that can't be seen now; null if it can, or on a window without tabs.
  tabOf(id) {
    const tab = this.#tabs.get(id);
    return tab && this.#current !== id && tab.offsetParent ? tab : null;
  }

  // Bring a phone into view; with `gently`, no further than it takes, so that its neighbours stay.
  goTo(id, gently = false) {
    const phone = this.#phones.get(id);
    if (!phone) return;
    if (gently) {
      const [box, row] = [phone.element.getBoundingClientRect(), this.row.getBoundingClientRect()];
      const beyond = Math.min(0, box.left - row.left - BESIDE) || Math.max(0, box.right - row.right + BESIDE);
      this.row.scrollBy({ left: beyond, behavior: calmly() });
      return;
    }
    this.row.scrollTo({
      left: phone.element.offsetLeft - (this.row.clientWidth - phone.element.offsetWidth) / 2,
      behavior: calmly(),
    });
  }

  #scroll(direction) {
    const width = this.row.firstElementChild?.offsetWidth ?? 360;
    const step = Math.max(width, this.row.clientWidth - width);
    this.row.scrollBy({ left: direction * step, behavior: calmly() });
  }

  #edges() {
    const { scrollLeft, scrollWidth, clientWidth } = this.row;
    this.previous.hidden = scrollLeft < 8;
    this.next.hidden = scrollLeft + clientWidth > scrollWidth - 8;
  }
}
