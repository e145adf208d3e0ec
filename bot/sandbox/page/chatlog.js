// The list of messages of one phone: days, scrolling, what is new.

import { dayOf, dayTitle } from "./dates.js";
import { calmly, h, icon } from "./dom.js";
import { MessageView } from "./message.js";
import { T } from "./texts.js";

const FIRST_SHOWN = 80;
const MORE_SHOWN = 120;
const NEAR = 48; // px from the end that still count as the end

export class ChatLog {
  #views = new Map();
  #days = new Map();
  #shown = FIRST_SHOWN;
  #stuck = true;
  #top = 0;
  #atStart = false; // at the beginning of the newest message, which is longer than the screen
  #fresh = 0;

  constructor(phone) {
    this.phone = phone;
    this.list = h("ol", {
      class: "messages",
      role: "log",
      aria: { label: T.chat.log, live: "off" },
      data: { testid: "messages" },
    });
    this.earlier = h("button", {
      type: "button",
      class: "button earlier",
      hidden: true,
      on: { click: () => this.#showMore() },
    });
    this.typing = h("div", { class: "typing", hidden: true, data: { testid: "typing" } }, h("i"), h("i"), h("i"));
    this.note = h("div", { class: "log-note" });
    this.content = h("div", { class: "log-content" }, this.note, this.earlier, this.list, this.typing);
    this.scroller = h(
      "div",
      { class: "log", tabIndex: 0, role: "region", aria: { label: T.phone.log(phone.name()) } },
      this.content,
    );
    this.badge = h("span", { class: "jump-count" });
    this.jump = h(
      "button",
      {
        type: "button",
        class: "jump",
        hidden: true,
        title: T.chat.jump,
        aria: { label: T.chat.jump },
        data: { testid: "jump" },
        on: { click: () => this.toEnd(true) },
      },
      this.badge,
      icon("down"),
    );
    this.element = h("div", { class: "log-frame" }, this.scroller, this.jump);
    this.scroller.addEventListener("keydown", (event) => this.#key(event));
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => this.#stuck && this.toEnd());
    sizes.observe(this.content);
    sizes.observe(this.scroller);
  }

  get atEnd() {
    return this.#stuck || this.#atStart;
  }

  change(change) {
    const { what, message } = change;
    if (what === "added") this.#added(message);
    else if (what === "edited") this.#edited(message, change.visible);
    else if (what === "pending") this.#views.get(message.id)?.update(message);
    else if (what === "typing") this.#showTyping();
    else if (what === "taken") for (const view of this.#views.values()) view.ticks();
    else if (what === "deleted") this.draw();
    else if (what === "loaded" || what === "status") this.draw();
  }

  draw() {
    const { chat } = this.phone;
    const messages = [...chat.messages.values()].sort((a, b) => a.id - b.id);
    const visible = messages.slice(-this.#shown);
    this.list.setAttribute("aria-busy", String(chat.status === "loading"));
    this.phone.element.dataset.loaded = String(chat.status === "ready");
    this.#hide(messages.length - visible.length);
    this.#arrange(visible);
    this.#writeNote(chat.status, messages.length);
    this.#showTyping();
    if (this.#stuck) this.toEnd();
  }

  #hide(count) {
    this.earlier.hidden = count <= 0;
    this.earlier.textContent = T.chat.earlier(count);
  }

  #arrange(messages) {
    const wanted = this.#nodes(messages);
    const kept = new Set(wanted);
    for (const node of [...this.list.children])
      if (!kept.has(node)) {
        const held = node.contains(document.activeElement);
        node.remove();
        if (held) this.scroller.focus({ preventScroll: true });
      }
    let cursor = this.list.firstChild;
    for (const node of wanted) {
      if (node === cursor) cursor = cursor.nextSibling;
      else this.list.insertBefore(node, cursor);
    }
    const ids = new Set(messages.map((message) => message.id));
    for (const id of [...this.#views.keys()]) if (!ids.has(id)) this.#views.delete(id);
  }

  #nodes(messages) {
    const nodes = [];
    const days = new Map();
    let day = null;
    let author = null;
    for (const message of messages) {
      const messageDay = dayOf(Date.parse(message.date), this.phone.store.zone);
      // A clock that was moved back brings an earlier day again: it gets a separator of its own.
      if (messageDay !== day) {
        const key = `${messageDay} ${message.id}`;
        days.set(key, this.#days.get(key) ?? this.#separator(message));
        nodes.push(days.get(key));
      }
      const view = this.#view(message);
      view.element.classList.toggle("follows", message.from === author && messageDay === day);
      nodes.push(view.element);
      day = messageDay;
      author = message.from;
    }
    this.#days = days;
    this.retitle();
    return nodes;
  }

  #view(message) {
    const known = this.#views.get(message.id);
    if (known) known.update(message);
    else this.#views.set(message.id, new MessageView(message, this.phone));
    return this.#views.get(message.id);
  }

  #separator(message) {
    return h("li", { class: "day", data: { testid: "day", date: message.date } }, h("span"));
  }

  // «Сегодня» becomes «Вчера» when the clock crosses midnight.
  retitle() {
    const { store } = this.phone;
    for (const separator of this.#days.values()) {
      const title = dayTitle(Date.parse(separator.dataset.date), store.now(), store.zone);
      if (separator.firstChild.textContent !== title) separator.firstChild.textContent = title;
    }
  }

  #writeNote(status, count) {
    const texts = { loading: T.chat.loading, unloaded: T.chat.loading, failed: T.chat.failed };
    const empty = status === "ready" && count === 0;
    this.element.classList.toggle("empty", empty);
    this.note.hidden = !(empty || (count === 0 && texts[status]) || status === "failed");
    if (this.note.hidden) return;
    const again =
      status === "failed"
        ? h("button", { type: "button", class: "button", on: { click: () => this.phone.load() } }, T.chat.again)
        : null;
    this.note.replaceChildren(...(empty ? this.#welcome() : [h("p", {}, texts[status])]), ...(again ? [again] : []));
  }

  #welcome() {
    return [
      this.phone.botAvatar(),
      h("p", { class: "welcome" }, T.chat.empty),
      h("p", { class: "hint" }, T.chat.emptyHint),
    ];
  }

  // Enter on the list itself goes to the newest buttons; Escape on them, back to the field.
  #key(event) {
    if (event.key === "Escape") this.phone.composer.focus();
    else if (event.key === "Enter" && event.target === this.scroller) this.toKeys();
    else return;
    event.preventDefault();
  }

  // The focus to the first button of the newest keyboard; whether there is one.
  toKeys() {
    const keyboards = this.list.querySelectorAll(".keys");
    const key = keyboards[keyboards.length - 1]?.querySelector(".key");
    key?.focus();
    return Boolean(key);
  }

  #added(message) {
    const mine = message.from === "person";
    if (!this.#stuck && !mine) this.#fresh += 1;
    if (mine) this.#stuck = true;
    this.#atStart = false;
    this.draw();
    const row = this.#views.get(message.id)?.element;
    row?.classList.add("arrives");
    if (row && this.#stuck && row.offsetHeight > this.scroller.clientHeight) this.#toStart(row);
    this.#showJump();
  }

  // A long letter is read from its beginning.
  #toStart(row) {
    this.#stuck = false;
    this.#atStart = true;
    this.#top = row.offsetTop - 8;
    this.scroller.scrollTo({ top: this.#top, behavior: "instant" });
  }

  #edited(message, visible) {
    const view = this.#views.get(message.id);
    if (!view) return;
    view.update(message);
    if (visible) view.flash();
  }

  #showTyping() {
    this.typing.hidden = this.phone.chat.typing === null;
  }

  #showMore() {
    const { scrollHeight, scrollTop } = this.scroller;
    this.#shown += MORE_SHOWN;
    this.#stuck = false;
    this.draw();
    this.scroller.scrollTop = scrollTop + this.scroller.scrollHeight - scrollHeight;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    // What grows below the end doesn't let go of it: only a scroll upwards does.
    if (near) this.#stuck = true;
    else if (scrollTop < this.#top - 1) this.#stuck = false;
    this.#top = scrollTop;
    if (this.#stuck) this.#fresh = 0;
    this.#showJump();
    if (this.#stuck) this.phone.seen();
  }

  #showJump() {
    this.jump.hidden = this.#stuck;
    this.badge.textContent = this.#fresh ? String(this.#fresh) : "";
    this.jump.setAttribute("aria-label", this.#fresh ? T.chat.newMessages(this.#fresh) : T.chat.jump);
  }

  toEnd(slowly = false) {
    this.#stuck = true;
    this.#fresh = 0;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: slowly ? calmly() : "instant" });
    this.#showJump();
  }

  // Scroll to a message that another one quotes; false if it is no longer here.
  reveal(id) {
    if (!this.phone.chat.messages.has(id)) return false;
    if (!this.#views.has(id)) {
      this.#shown = this.phone.chat.messages.size;
      this.draw();
    }
    const view = this.#views.get(id);
    view.element.scrollIntoView({ block: "center", behavior: calmly() });
    view.flash();
    return true;
  }
}
