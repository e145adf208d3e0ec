// What a person writes with: text, files, commands, the bot's own reply keyboard.

import { h, icon, iconButton } from "./dom.js";
import { deepLink, safeHref } from "./richtext.js";
import { T, fileSize } from "./texts.js";

const TALLEST = 132; // px

export class Composer {
  #reply = null;
  #attached = null;
  #keysShown = true;
  #keysOf = null; // the reply keyboard that is drawn
  #busy = false;

  constructor(phone) {
    this.phone = phone;
    this.field = h("textarea", {
      class: "field",
      rows: 1,
      maxLength: 4096,
      placeholder: T.composer.placeholder,
      aria: { label: T.composer.placeholder },
      data: { testid: "input" },
    });
    this.picker = h("input", { type: "file", hidden: true, data: { testid: "file-input" } });
    this.menu = iconButton("commands", T.composer.commands, () => this.#toggleCommands(), {
      class: "composer-side",
      aria: { label: T.composer.commands, expanded: "false" },
      data: { testid: "commands" },
    });
    this.webApp = h("a", { class: "menu-link", hidden: true, target: "_blank", rel: "noopener noreferrer" });
    this.clip = iconButton("clip", T.composer.attach, () => this.picker.click(), { class: "composer-side" });
    this.keysButton = iconButton("keyboard", T.composer.hideKeyboard, () => this.#toggleKeys(), {
      class: "composer-side",
      hidden: true,
    });
    this.sendButton = h(
      "button",
      {
        type: "submit",
        class: "send",
        title: T.composer.send,
        aria: { label: T.composer.send },
        data: { testid: "send" },
      },
      icon("send"),
    );
    this.commands = h("div", {
      class: "commands",
      hidden: true,
      role: "group",
      aria: { label: T.composer.commands },
      data: { testid: "command-list" },
    });
    this.notes = h("div", { class: "composer-notes" });
    this.line = h(
      "div",
      { class: "composer-line" },
      this.menu,
      this.webApp,
      h("div", { class: "field-box" }, this.field, this.keysButton, this.clip),
      this.sendButton,
    );
    this.keys = h("div", { class: "reply-keys", hidden: true, data: { testid: "reply-keyboard" } });
    this.start = h(
      "button",
      {
        type: "button",
        class: "button primary start",
        hidden: true,
        data: { testid: "start" },
        on: { click: () => phone.acts.start("") },
      },
      T.composer.start,
    );
    this.barred = h("div", { class: "barred", hidden: true });
    this.element = h(
      "form",
      { class: "composer", novalidate: true },
      this.commands,
      this.notes,
      this.start,
      this.line,
      this.barred,
      this.keys,
      this.picker,
    );
    this.#listen();
  }

  #listen() {
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.field.addEventListener("input", () => this.#typed());
    document.addEventListener(
      "pointerdown",
      (event) => !this.commands.hidden && !this.element.contains(event.target) && this.#showCommands([]),
      { signal: this.phone.life },
    );
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("paste", (event) => {
      const file = event.clipboardData?.files[0];
      if (!file) return;
      event.preventDefault();
      this.attach(file);
    });
    this.picker.addEventListener("change", () => {
      if (this.picker.files[0]) this.attach(this.picker.files[0]);
      this.picker.value = "";
    });
  }

  #key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape") {
      this.#showCommands([]);
      this.#setReply(null);
    } else if (event.key === "ArrowUp" && !this.commands.hidden) {
      event.preventDefault();
      this.commands.lastElementChild.focus();
    } else if (event.key === "ArrowUp" && !this.field.value && this.phone.log.toKeys()) {
      event.preventDefault();
    }
  }

  focus() {
    (this.line.hidden ? this.barred.querySelector("button") : this.field)?.focus();
  }

  // Put a text into the field, not sent yet.
  write(text) {
    this.field.value = text;
    this.#typed();
    this.field.focus();
  }

  // The person, the bot or the chat changed.
  refresh() {
    const { person, chat, store } = this.phone;
    const barred = person.blocked || person.deactivated;
    this.barred.hidden = !barred;
    this.line.hidden = barred;
    this.start.hidden = barred || person.started || chat.messages.size > 0 || chat.status !== "ready";
    this.field.placeholder =
      chat.replyKeyboard?.placeholder ?? (person.started ? T.composer.placeholder : T.composer.placeholderStart);
    if (barred) this.#bar(person);
    this.#refreshMenu(person, store);
    this.#drawKeys();
    this.#drawNotes();
  }

  #bar(person) {
    const blocked = h(
      "button",
      {
        type: "button",
        class: "button primary",
        data: { testid: "unblock" },
        on: { click: () => this.phone.unblock() },
      },
      T.composer.unblock,
    );
    const words = h("span", {}, person.deactivated ? T.phone.deactivated : T.phone.blocked);
    this.barred.replaceChildren(words, ...(person.deactivated ? [] : [blocked]));
    this.#showCommands([]);
  }

  #refreshMenu(person) {
    const button = person.menu_button;
    const href = button?.type === "web_app" ? safeHref(button.web_app?.url) : null;
    this.webApp.hidden = !href;
    if (href) Object.assign(this.webApp, { href, textContent: button.text });
    this.menu.hidden = Boolean(href) || person.commands.length === 0;
  }

  #toggleCommands() {
    this.#showCommands(this.commands.hidden ? this.phone.person.commands : []);
    if (!this.commands.hidden) this.commands.firstElementChild.focus();
  }

  #showCommands(commands) {
    this.commands.hidden = commands.length === 0;
    this.menu.setAttribute("aria-expanded", String(!this.commands.hidden));
    this.commands.replaceChildren(...commands.map((entry) => this.#command(entry)));
  }

  #command({ command, description }) {
    const press = () => {
      this.#showCommands([]);
      this.field.value = "";
      this.#typed();
      this.phone.acts.command(`/${command}`);
    };
    const made = h(
      "button",
      { type: "button", class: "command-item", on: { click: press } },
      h("b", {}, `/${command}`),
      h("span", {}, description),
    );
    made.addEventListener("keydown", (event) => {
      const next = {
        ArrowDown: made.nextElementSibling ?? this.field,
        ArrowUp: made.previousElementSibling,
        Escape: this.field,
      }[event.key];
      if (!next) return;
      event.preventDefault();
      if (event.key === "Escape") this.#showCommands([]);
      next.focus();
    });
    return made;
  }

  #typed() {
    const { value } = this.field;
    this.#fit();
    const begun = /^\/([a-z0-9_]*)$/iu.exec(value);
    const offered = begun
      ? this.phone.person.commands.filter(({ command }) => command.startsWith(begun[1].toLowerCase()))
      : [];
    this.#showCommands(offered);
    this.#drawNotes();
  }

  #fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST)}px`;
    this.field.classList.toggle("scrolls", this.field.scrollHeight > TALLEST);
  }

  get #payload() {
    return deepLink(this.field.value, this.phone.store.bot?.username);
  }

  #drawNotes() {
    const link = this.#payload !== null;
    this.sendButton.classList.toggle("wide", link);
    this.sendButton.replaceChildren(link ? T.composer.start : icon("send"));
    this.sendButton.setAttribute("aria-label", link ? T.composer.start : T.composer.send);
    this.sendButton.disabled = !this.field.value.trim() && !this.#attached;
    this.notes.replaceChildren(
      ...[link ? this.#linkNote() : null, this.#replyNote(), this.#fileNote()].filter(Boolean),
    );
  }

  #linkNote() {
    return h(
      "div",
      { class: "note", role: "status" },
      icon("link"),
      h("div", { class: "note-words" }, h("b", {}, T.composer.startLink), h("span", {}, T.composer.startLinkHint)),
    );
  }

  #replyNote() {
    const message = this.#reply;
    if (!message) return null;
    const name = message.from === "bot" ? this.phone.botName() : T.message.you;
    const close = iconButton("close", T.cancel, () => this.#setReply(null));
    return h(
      "div",
      { class: "note" },
      icon("reply"),
      h(
        "div",
        { class: "note-words" },
        h("b", {}, T.composer.replyTo(name)),
        h("span", {}, message.text || T.message.file),
      ),
      close,
    );
  }

  #fileNote() {
    const attached = this.#attached;
    if (!attached) return null;
    const close = iconButton("close", T.cancel, () => this.attach(null));
    const words = [h("b", {}, attached.file.name), h("span", {}, fileSize(attached.file.size))];
    if (attached.isImage) {
      const box = h("input", {
        type: "checkbox",
        checked: attached.asFile,
        on: { change: () => (attached.asFile = box.checked) },
      });
      words.push(h("label", { class: "as-file" }, box, T.composer.asFile));
    }
    return h(
      "div",
      { class: "note" },
      attached.preview ?? icon("file"),
      h("div", { class: "note-words" }, words),
      close,
    );
  }

  attach(file) {
    if (this.#attached?.address) URL.revokeObjectURL(this.#attached.address);
    this.#attached = file && this.#describe(file);
    this.#drawNotes();
    if (file) this.field.focus();
  }

  #describe(file) {
    const isImage = ["image/jpeg", "image/png", "image/webp"].includes(file.type);
    const address = isImage ? URL.createObjectURL(file) : null;
    const preview = isImage ? h("img", { class: "note-preview", src: address, alt: "" }) : null;
    return { file, isImage, asFile: false, address, preview };
  }

  reply(message) {
    this.#setReply(message);
    this.field.focus();
  }

  #setReply(message) {
    this.#reply = message;
    this.#drawNotes();
  }

  async #send() {
    const text = this.field.value.trim();
    const attached = this.#attached;
    if (this.#busy || (!text && !attached)) return;
    this.#busy = true;
    const payload = attached ? null : this.#payload;
    const replyTo = this.#reply?.id ?? null;
    const done =
      payload !== null
        ? await this.phone.acts.start(payload)
        : attached
          ? await this.#sendFile(attached, text, replyTo)
          : await this.phone.send(text, replyTo);
    this.#busy = false;
    if (!done) return;
    if (this.field.value.trim() === text) this.field.value = "";
    this.attach(null);
    this.#setReply(null);
    this.#typed();
  }

  #sendFile(attached, caption, replyTo) {
    const kind = attached.isImage && !attached.asFile ? "photo" : "document";
    return this.phone.sendFile(kind, attached.file, caption, replyTo);
  }

  #drawKeys() {
    const { chat, person } = this.phone;
    const keyboard = chat.replyKeyboard;
    const usable = Boolean(keyboard) && !person.blocked && !person.deactivated;
    this.keysButton.hidden = !usable;
    this.keys.hidden = !usable || !this.#keysShown;
    this.keysButton.setAttribute("aria-label", this.#keysShown ? T.composer.hideKeyboard : T.composer.keyboard);
    this.keysButton.setAttribute("aria-pressed", String(this.#keysShown));
    const shown = JSON.stringify(keyboard);
    if (!usable || shown === this.#keysOf) return;
    this.#keysOf = shown;
    const rows = keyboard.rows.map((row) => row.map((text) => this.#replyKey(text, keyboard)));
    this.keys.replaceChildren(...rows.map((buttons) => h("div", { class: "reply-row" }, buttons)));
  }

  #replyKey(text, keyboard) {
    const press = () => {
      this.phone.send(text, null);
      if (keyboard.one_time) this.#toggleKeys();
    };
    return h(
      "button",
      { type: "button", class: "reply-key", data: { testid: "reply-button" }, on: { click: press } },
      text,
    );
  }

  #toggleKeys() {
    this.#keysShown = !this.#keysShown;
    this.#drawKeys();
  }

  newKeyboard() {
    this.#keysShown = true;
    this.refresh();
  }
}
