// A guided tour: which step it is at, whether that was done, what to press next. It reads the real chats; all it says
// is the host's. Nobody is held: a step may be skipped, the tour left and begun again.

import { recall, remember } from "./memory.js";

const KEPT = "tour";
const FRESH = { status: "offered", step: 0, done: [] };

export class Tour {
  #place = recall(KEPT, FRESH); // {status: "offered" | "on" | "left" | "done", step, done: [bool], since}
  #script = null;

  constructor(store) {
    this.store = store;
    this.onChange = () => {};
  }

  get status() {
    return this.#script ? this.#place.status : "none";
  }

  get script() {
    return this.#script;
  }

  get number() {
    return this.#place.step;
  }

  get count() {
    return this.#script?.steps.length ?? 0;
  }

  get step() {
    return this.status === "on" ? this.#script.steps[this.#place.step] : null;
  }

  // What the last step came to, if it was done and not skipped.
  get achieved() {
    const last = this.status === "done" ? this.count - 1 : this.#place.step - 1;
    return this.#place.done[last] ? this.#script.steps[last].done : null;
  }

  setScript(script) {
    this.#script = script;
    if (script && !(this.#place.step < script.steps.length)) this.#place = FRESH;
    this.#told();
  }

  async start() {
    const people = [...this.people()].filter((id) => this.store.people.has(id));
    await Promise.all(people.map((id) => this.store.chat(id).status === "ready" || this.store.load(id)));
    const since = Object.fromEntries(people.map((id) => [id, stateOf(this.store.chat(id))]));
    this.#go({ status: "on", step: 0, done: [], since });
  }

  leave() {
    this.#go({ ...this.#place, status: this.status === "done" ? "done" : "left" });
  }

  offer() {
    this.#go(FRESH);
  }

  skip() {
    this.#next(false);
  }

  // Everybody whose chats the tour reads.
  people() {
    const steps = this.#script?.steps ?? [];
    return new Set(steps.flatMap((step) => [step.phone, ...step.until.map(({ phone }) => phone)]));
  }

  // Something changed in the chats: go on if the step was done.
  look() {
    if (this.step?.until.every((sign) => this.#isThere(sign))) this.#next(true);
  }

  // The first hint that applies: {hint, message, row, col}, message and place where it points at one.
  hint() {
    for (const hint of this.step?.hints ?? []) {
      const found = this.#applies(hint);
      if (found) return { hint, ...found };
    }
    return null;
  }

  #next(done) {
    const { step, since } = this.#place;
    const marks = [...this.#place.done];
    marks[step] = done;
    const last = step + 1 >= this.count;
    this.#go({ status: last ? "done" : "on", step: last ? step : step + 1, done: marks, since });
    this.look();
  }

  #go(place) {
    this.#place = place;
    remember(KEPT, place);
    this.#told();
  }

  #told() {
    this.onChange();
  }

  #isThere({ phone, text, read }) {
    const person = this.store.people.get(phone);
    if (!person || (read && person.unread)) return false;
    return [...this.store.chat(phone).messages.values()].some(
      (message) => message.from === "bot" && this.#isNew(phone, message) && holds(message, text),
    );
  }

  // Written or changed since the tour began: what was there before was done by somebody else.
  #isNew(phone, message) {
    const { newest, edited } = this.#place.since[phone] ?? { newest: 0, edited: {} };
    return message.id > newest || (message.edited ?? null) !== (edited[message.id] ?? null);
  }

  #applies(hint) {
    if (hint.jump) return this.store.clock?.jumps.some(({ id }) => id === hint.jump) ? {} : null;
    const { message: text, shows, button, link, anywhere } = hint;
    if (!text && !button && !link) return {};
    for (const message of this.#candidates(hint.phone, Boolean(button || shows || hint.type), anywhere)) {
      if (text && !message.text.includes(text)) continue;
      if (shows && !placeOf(message, shows)) continue;
      if (link && !message.html.includes("data-start=")) continue;
      const place = button ? placeOf(message, button) : {};
      if (place) return { message, ...place };
    }
    return null;
  }

  // The newest screen of the bot, or every message, newest first.
  #candidates(phone, screens, anywhere) {
    const messages = [...this.store.chat(phone).messages.values()].sort((a, b) => b.id - a.id);
    if (!screens) return messages.filter(({ from }) => from !== "person");
    const all = messages.filter(({ from, keyboard }) => from === "bot" && keyboard);
    return anywhere ? all : all.slice(0, 1);
  }
}

function holds(message, texts) {
  return texts.every((text) => message.text.includes(text));
}

// Where a button stands: of exactly this text, else one that holds it.
function placeOf(message, text) {
  const keys = (message.keyboard ?? []).flatMap((buttons, row) =>
    buttons.map((button, col) => ({ row, col, label: button.text })),
  );
  return keys.find(({ label }) => label === text) ?? keys.find(({ label }) => label.includes(text)) ?? null;
}

// What a chat holds, as far as it takes to know what is newer.
function stateOf(chat) {
  const messages = [...chat.messages.values()];
  const edited = messages.filter((message) => message.edited).map((message) => [message.id, message.edited]);
  return { newest: Math.max(0, ...chat.messages.keys()), edited: Object.fromEntries(edited) };
}
