// One phone: a person, the chat with the bot, and what the person can do in it.

import { ChatLog } from "./chatlog.js";
import { Composer } from "./composer.js";
import { avatar, h, icon, iconButton } from "./dom.js";
import { Layers, copyText, openMenu } from "./layers.js";
import { T, saying } from "./texts.js";

export class Phone {
  #life = new AbortController();
  #onScreen = false;
  #reading = false;

  // roster: which phones are shown and in what order (roster.js).
  constructor(id, store, api, roster) {
    Object.assign(this, { id, store, api, roster });
    this.acts = {
      start: (payload) => this.#attempt(() => this.api.start(this.id, payload)),
      command: (text) => this.send(text, null),
      copy: (text) => this.#copy(text),
    };
    this.caption = h("header", { class: "caption" });
    this.head = h("header", { class: "chat-head" });
    this.log = new ChatLog(this);
    this.composer = new Composer(this);
    this.body = h("div", { class: "screen-body" }, this.head, this.log.element, this.composer.element);
    this.screen = h("div", { class: "screen" }, this.body);
    this.layers = new Layers(this.screen, this.body);
    this.element = h(
      "section",
      { class: "phone", id: `phone-${id}`, data: { testid: "phone", personId: String(id) } },
      this.caption,
      this.screen,
    );
    this.#acceptDrops();
    this.#subscribe();
    this.drawPerson();
    this.drawBot();
    this.log.draw();
  }

  // Aborted when the phone leaves the page: nothing may hear of the document any more.
  get life() {
    return this.#life.signal;
  }

  leave() {
    this.#life.abort();
  }

  get person() {
    return this.store.people.get(this.id);
  }

  get chat() {
    return this.store.chat(this.id);
  }

  name() {
    return this.store.name(this.person);
  }

  botName() {
    return this.store.bot?.first_name ?? T.bot.noName;
  }

  botAvatar() {
    return avatar(this.botName(), 0, "bot");
  }

  #subscribe() {
    const off = [
      this.store.on(`chat:${this.id}`, (change) => this.#changed(change)),
      this.store.on(`person:${this.id}`, () => this.#personChanged()),
      this.store.on("bot", () => this.drawBot()),
      this.store.on("clock", () => this.log.retitle()),
    ];
    this.#life.signal.addEventListener("abort", () => off.forEach((stop) => stop()));
  }

  #changed(change) {
    this.log.change(change);
    if (change.what === "reply_keyboard") this.composer.newKeyboard();
    if (["added", "deleted", "loaded", "status"].includes(change.what)) this.composer.refresh();
    if (change.what === "typing") this.drawStatus();
    if (change.what === "answer") this.#answered(change.answer);
    if (change.what === "added" || change.what === "loaded") this.seen();
    if (change.what === "added" && change.message.from !== "person") this.#announce(change.message);
  }

  // One voice for all phones, so that it can be told whose message it is.
  #announce({ text, file }) {
    this.store.announce(T.chat.said(this.name(), (text || file?.name || "").slice(0, 240)));
  }

  #personChanged() {
    this.drawPerson();
    this.seen();
  }

  #answered({ text, alert, url, expired }) {
    if (expired) this.layers.toast(T.message.expired);
    else if (alert || url) this.layers.alert(text ?? url, url);
    else if (text) this.layers.toast(text);
  }

  drawPerson() {
    const { person } = this;
    const name = this.name();
    this.element.setAttribute("aria-label", T.phone.of(name));
    this.element.dataset.person = name;
    this.element.classList.toggle("blocked", person.blocked || person.deactivated);
    const words = h("div", { class: "caption-words" }, h("h2", {}, name), h("p", {}, person.label ?? ""));
    const badge = person.unread
      ? h(
          "span",
          { class: "badge", aria: { label: T.people.unread(person.unread) }, data: { testid: "unread" } },
          String(person.unread),
        )
      : null;
    this.caption.replaceChildren(avatar(name, this.id), words, ...(badge ? [badge] : []));
    this.composer.refresh();
    this.drawStatus();
  }

  drawBot() {
    this.status = h("p", { class: "status", data: { testid: "status" } });
    const menu = iconButton("more", T.phone.menu(this.name()), () => this.#openMenu(menu), {
      aria: { label: T.phone.menu(this.name()), haspopup: "menu", expanded: "false" },
      data: { testid: "phone-menu" },
    });
    this.head.replaceChildren(
      this.botAvatar(),
      h("div", { class: "chat-words" }, h("h3", {}, this.botName()), this.status),
      menu,
    );
    this.drawStatus();
    this.composer.refresh();
  }

  drawStatus() {
    if (!this.status) return;
    const { typing } = this.chat;
    const { person } = this;
    const silent = !this.store.bot || this.store.bot.mode === "silent";
    const idle = person.blocked ? T.phone.blockedMark : silent ? T.bot.silent : T.bot.bot;
    this.status.textContent = typing ? (T.bot.actions[typing] ?? T.bot.typing) : idle;
    this.status.classList.toggle("active", Boolean(typing));
  }

  #openMenu(anchor) {
    const { person, roster, id } = this;
    const items = [];
    if (!person.blocked && !person.deactivated)
      items.push({ icon: "restart", label: T.phone.restart, act: () => this.acts.start("") });
    if (person.blocked) items.push({ icon: "check", label: T.phone.unblock, act: () => this.unblock() });
    else if (!person.deactivated)
      items.push({
        icon: "block",
        label: T.phone.block,
        danger: true,
        act: () => this.#attempt(() => this.api.block(id)),
      });
    if (roster.canMove(id, -1)) items.push({ icon: "left", label: T.phone.earlier, act: () => roster.move(id, -1) });
    if (roster.canMove(id, 1)) items.push({ icon: "right", label: T.phone.later, act: () => roster.move(id, 1) });
    items.push({ icon: "hide", label: T.phone.hide, act: () => roster.hide(id) });
    openMenu(anchor, this.screen, items, T.phone.menu(this.name()));
  }

  // Every request of a phone goes through here: true if it was taken, else the reason is shown.
  async #attempt(request) {
    try {
      await request();
      return true;
    } catch (trouble) {
      if (trouble.slug === undefined) throw trouble;
      this.layers.toast(saying(trouble));
      return false;
    }
  }

  load() {
    return this.store.load(this.id);
  }

  tap(messageId, row, col) {
    return this.#attempt(async () => {
      const tap = await this.api.tap(this.id, messageId, row, col);
      if (tap.query_id) this.store.tapped(this.id, messageId, { query_id: tap.query_id, row, col });
    });
  }

  send(text, replyTo) {
    return this.#attempt(() => this.api.send(this.id, text, replyTo));
  }

  sendFile(kind, file, caption, replyTo) {
    return this.#attempt(() => this.api.file(this.id, kind, file, caption, replyTo));
  }

  unblock() {
    return this.#attempt(() => this.api.unblock(this.id));
  }

  replyTo(message) {
    this.composer.reply(message);
  }

  reveal(id) {
    if (!this.log.reveal(id)) this.layers.toast(T.message.gone);
  }

  async forward(message) {
    const others = [...this.store.people.values()].filter((person) => person.id !== this.id);
    const options = [
      { value: "bot", label: T.forward.toBot, lead: this.botAvatar() },
      ...others.map((person) => ({
        value: person.id,
        label: this.store.name(person),
        lead: avatar(this.store.name(person), person.id),
      })),
    ];
    const to = await this.layers.choose(T.forward.title, options);
    if (to === null) return;
    const done = await this.#attempt(() => this.api.forward(this.id, message.id, to));
    if (done && to !== "bot") this.layers.toast(T.forward.done(options.find(({ value }) => value === to).label));
  }

  async #copy(text) {
    await copyText(text);
    this.layers.toast(T.message.copied);
  }

  // The phone is about to be seen.
  open() {
    if (this.chat.status === "unloaded") this.load();
  }

  // The phone came into view, or left it.
  show(onScreen) {
    this.#onScreen = onScreen;
    this.seen();
  }

  // A chat that is looked at has nothing unread.
  async seen() {
    const looking =
      this.#onScreen && document.visibilityState === "visible" && this.chat.status === "ready" && this.log.atEnd;
    if (!looking || this.#reading || !this.person?.unread) return;
    this.#reading = true;
    try {
      await this.api.read(this.id);
    } catch (trouble) {
      if (trouble.slug === undefined) throw trouble;
    } finally {
      this.#reading = false;
    }
  }

  #acceptDrops() {
    const over = h("div", { class: "drop" }, icon("clip"), T.composer.drop);
    const isFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    this.screen.addEventListener("dragover", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      if (!over.isConnected) this.screen.append(over);
    });
    this.screen.addEventListener("dragleave", (event) => !this.screen.contains(event.relatedTarget) && over.remove());
    this.screen.addEventListener("drop", (event) => {
      over.remove();
      if (!isFile(event)) return;
      event.preventDefault();
      this.composer.attach(event.dataTransfer.files[0] ?? null);
    });
  }
}
