// One message: its bubble, its keyboard, what can be done with it.

import { hoursMinutes } from "./dates.js";
import { h, icon, iconButton } from "./dom.js";
import { inlineKeyboard, isWaiting, keyNear, showPending } from "./keyboard.js";
import { openMenu, showPicture } from "./layers.js";
import { isJumbo, rich } from "./richtext.js";
import { T, fileSize } from "./texts.js";

const LONG_PRESS = 480;

export class MessageView {
  #bubbleOf = null;
  #keysOf = null;
  #pressed = new Map(); // taps sent from here that the server has not taken yet

  // phone: what the message needs of its phone (phone.js).
  constructor(message, phone) {
    this.phone = phone;
    this.element = h("li", { class: "row", data: { testid: "message" } });
    this.bubble = h("div", { class: "bubble" });
    this.element.append(this.bubble);
    this.#listen();
    this.update(message);
  }

  update(message) {
    this.message = message;
    Object.assign(this.element.dataset, { messageId: message.id, from: message.from, kind: message.kind });
    this.element.classList.toggle("mine", message.from === "person");
    this.element.classList.toggle("with-keys", Boolean(message.keyboard));
    const { keyboard, pending, ...rest } = message;
    const shown = JSON.stringify(rest);
    if (shown !== this.#bubbleOf) this.#draw();
    this.#bubbleOf = shown;
    const keys = JSON.stringify(keyboard);
    if (keys !== this.#keysOf) this.#drawKeys();
    this.#keysOf = keys;
    this.pending();
    this.ticks();
  }

  pending() {
    if (this.keys) showPending(this.keys, [...this.message.pending, ...this.#pressed.values()]);
  }

  flash() {
    this.element.classList.remove("flash");
    void this.element.offsetWidth; // begin the animation anew
    this.element.classList.add("flash");
  }

  #draw() {
    const message = this.message;
    const jumbo = message.kind === "text" && !message.forwarded_from && isJumbo(message.text);
    this.bubble.classList.toggle("jumbo", jumbo);
    this.bubble.classList.toggle("has-photo", message.kind === "photo");
    const parts = [this.#origin(), this.#quote(), this.#file(), this.#text(), this.#menuButton()];
    this.bubble.replaceChildren(...parts.filter(Boolean));
  }

  #origin() {
    const { forwarded_from: from, from: author } = this.message;
    if (from) return h("div", { class: "origin" }, T.message.forwarded(from));
    return author === "friend" ? h("div", { class: "origin" }, T.message.fromFriend) : null;
  }

  #quote() {
    const quoted = this.message.reply_to;
    if (!quoted) return null;
    const name = { bot: this.phone.botName(), person: T.message.you, friend: T.message.friend }[quoted.from];
    const words = quoted.text || T.message.file;
    return h(
      "button",
      { type: "button", class: "quote", on: { click: () => this.phone.reveal(quoted.id) } },
      h("b", {}, name),
      h("span", {}, words),
    );
  }

  #file() {
    const { file, kind } = this.message;
    if (!file) return null;
    if (kind === "photo" || (file.mime.startsWith("image/") && file.width)) return picture(file);
    const extension = file.name.includes(".") ? file.name.split(".").pop().slice(0, 4) : "";
    const badge = h(
      "span",
      { class: "document-badge", aria: { hidden: "true" } },
      extension ? extension.toUpperCase() : icon("file"),
    );
    const words = h(
      "span",
      { class: "document-words" },
      h("b", { class: "document-name" }, file.name),
      h("small", {}, fileSize(file.size)),
    );
    return h(
      "a",
      {
        class: "document",
        href: `${file.url}?download=1`,
        download: file.name,
        title: T.message.download,
        data: { testid: "document" },
      },
      badge,
      words,
      icon("download"),
    );
  }

  #text() {
    const words = h(
      "div",
      { class: "text", dir: "auto", lang: "", data: { testid: "text" } },
      rich(this.#shown(), this.phone.acts),
    );
    const place = h("div", { class: this.message.text ? "words" : "words wordless" }, words, this.#meta());
    return place;
  }

  /* A deep link's payload is a key: like real phones, ours shows only that the bot was started. */
  #shown() {
    const { from, html } = this.message;
    return from === "person" && /^\/start [\w-]+$/.test(this.message.text) ? "/start" : html;
  }

  #meta() {
    const { date, edited, silent, from } = this.message;
    const { zone } = this.phone.store;
    this.tick = from === "person" ? h("span", { class: "ticks" }) : null;
    this.ticks();
    const moment = Date.parse(date);
    return h("span", { class: "meta" }, [
      silent && from === "bot" ? icon("silent", T.message.silent) : null,
      edited ? h("span", { class: "edited" }, T.message.edited) : null,
      h("time", { dateTime: date }, hoursMinutes(moment, zone)),
      this.tick,
    ]);
  }

  // One tick: sent; two: the bot has taken it.
  ticks() {
    if (!this.tick) return;
    const taken = this.message.id <= this.phone.chat.taken;
    this.tick.replaceChildren(taken ? icon("checks", T.message.taken) : icon("check", T.message.sent));
  }

  #menuButton() {
    this.menuButton = iconButton("more", T.message.menu, () => this.#openMenu(), {
      class: "message-menu",
      aria: { label: T.message.menu, haspopup: "menu", expanded: "false" },
    });
    return this.menuButton;
  }

  #openMenu() {
    const { message, phone } = this;
    const items = [
      { icon: "reply", label: T.message.reply, act: () => phone.replyTo(message) },
      { icon: "forward", label: T.message.forward, act: () => phone.forward(message) },
    ];
    if (message.text) items.push({ icon: "copy", label: T.message.copy, act: () => phone.acts.copy(message.text) });
    openMenu(this.menuButton, phone.screen, items, T.message.menu);
  }

  #listen() {
    let timer = null;
    this.bubble.addEventListener("contextmenu", (event) => {
      if (event.target.closest("a, img") || String(getSelection())) return;
      event.preventDefault();
      // A long touch has opened it already, in browsers that tell of it this way too.
      if (event.pointerType !== "touch") this.#openMenu();
    });
    this.bubble.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch") timer = setTimeout(() => this.#openMenu(), LONG_PRESS);
    });
    for (const type of ["pointerup", "pointercancel", "pointermove"])
      this.bubble.addEventListener(type, () => clearTimeout(timer));
  }

  #drawKeys() {
    const focused = this.keys?.contains(document.activeElement) ? document.activeElement.dataset : null;
    this.keys?.remove();
    this.keys = null;
    if (!this.message.keyboard) {
      if (focused) this.phone.log.scroller.focus({ preventScroll: true });
      return;
    }
    this.keys = inlineKeyboard(this.message.keyboard, { ...this.phone.acts, tap: (row, col) => this.#tap(row, col) });
    this.element.append(this.keys);
    if (focused) keyNear(this.keys, Number(focused.row), Number(focused.col)).focus({ preventScroll: true });
  }

  async #tap(row, col) {
    if (isWaiting(this.keys, row, col)) return;
    const place = `${row}:${col}`;
    this.#pressed.set(place, { row, col });
    this.pending();
    await this.phone.tap(this.message.id, row, col);
    this.#pressed.delete(place);
    this.pending();
  }
}

function picture(file) {
  const image = h("img", {
    src: file.url,
    alt: file.name,
    width: file.width,
    height: file.height,
    loading: "lazy",
    draggable: false,
  });
  const press = () => showPicture(file.url, file.name);
  return h(
    "button",
    {
      type: "button",
      class: "photo",
      aria: { label: `${T.message.openPhoto}: ${file.name}` },
      data: { testid: "photo" },
      on: { click: press },
    },
    image,
  );
}
