// What the page knows: people, chats, the bot, the clock; changed by fetched state and by events, told to the views.

class Chat {
  status = "unloaded"; // loading, ready, failed
  seq = 0;
  messages = new Map();
  replyKeyboard = null;
  typing = null;
  taken = 0; // the bot has taken the person's messages up to this one
  loading = null; // the fetch under way
  waiting = []; // events that came while the messages were being fetched
}

export class Store {
  bot = null;
  clock = null;
  people = new Map();
  chats = new Map();
  #listeners = new Map();
  #answered = new Set();
  #drained = false; // the bot has taken everything that was sent

  constructor(api) {
    this.api = api;
    this.announce = () => {}; // reads out what came to a phone
  }

  // Topics: "people", "person:ID", "chat:ID", "bot", "clock", and "anything" for all of them.
  on(topic, listener) {
    if (!this.#listeners.has(topic)) this.#listeners.set(topic, new Set());
    this.#listeners.get(topic).add(listener);
    return () => this.#listeners.get(topic).delete(listener);
  }

  #tell(topic, change = {}) {
    for (const listener of this.#listeners.get(topic) ?? []) listener(change);
    for (const listener of this.#listeners.get("anything") ?? []) listener(topic);
  }

  chat(id) {
    if (!this.chats.has(id)) this.chats.set(id, new Chat());
    return this.chats.get(id);
  }

  async sync() {
    const state = await this.api.state();
    this.bot = state.bot;
    this.#drained = state.bot?.pending_updates === 0;
    this.people = new Map(state.people.map((person) => [person.id, person]));
    this.setClock(state.clock);
    for (const person of state.people) this.chat(person.id).typing = person.typing ? "typing" : null;
    this.#tell("people");
    this.#tell("bot");
    const open = [...this.chats].filter(([id, chat]) => chat.status !== "unloaded" && this.people.has(id));
    for (const id of [...this.chats.keys()]) if (!this.people.has(id)) this.chats.delete(id);
    await Promise.all(open.map(([id]) => this.load(id)));
    return state.seq;
  }

  // Fetch a chat's messages, after any fetch that is still under way: that one may know less.
  async load(id) {
    const chat = this.chat(id);
    while (chat.loading) await chat.loading;
    chat.loading = this.#fetch(id, chat);
    try {
      await chat.loading;
    } finally {
      chat.loading = null;
    }
  }

  async #fetch(id, chat) {
    const first = chat.status !== "ready";
    chat.status = "loading";
    chat.waiting = [];
    if (first) this.#tell(`chat:${id}`, { what: "status" });
    try {
      const fetched = await this.api.messages(id);
      chat.status = "ready";
      chat.seq = fetched.seq;
      chat.messages = new Map(fetched.messages.map((message) => [message.id, message]));
      chat.replyKeyboard = fetched.reply_keyboard;
      if (this.#drained) chat.taken = newest(chat);
    } catch (trouble) {
      chat.status = "failed";
      this.#tell(`chat:${id}`, { what: "status" });
      if (trouble.slug === undefined) throw trouble;
      return;
    }
    this.#tell(`chat:${id}`, { what: "loaded" });
    for (const [type, data, seq] of chat.waiting.splice(0)) this.apply(type, data, seq);
  }

  apply(type, data, seq) {
    if (type === "person") return this.#setPerson(data.person);
    if (type === "drained") return this.#allTaken();
    if (type === "bot") return this.#setBot(data.bot);
    if (type === "clock") return this.setClock(data);
    if (type === "message" && data.message.from === "person") this.#drained = false;
    const chat = this.chat(data.person);
    if (type === "typing") return this.#setTyping(data.person, data.on ? data.action : null);
    if (chat.status === "loading") return void chat.waiting.push([type, data, seq]);
    if (chat.status !== "ready" || seq <= chat.seq) return undefined;
    chat.seq = seq;
    return this.#change(chat, type, data);
  }

  #change(chat, type, data) {
    const topic = `chat:${data.person}`;
    if (type === "message" || type === "edit") {
      const known = chat.messages.has(data.message.id);
      chat.messages.set(data.message.id, data.message);
      if (data.message.from === "bot" && !known) this.#setTyping(data.person, null);
      this.#tell(topic, { what: known ? "edited" : "added", message: data.message, visible: type === "edit" });
    } else if (type === "delete") {
      chat.messages.delete(data.id);
      this.#tell(topic, { what: "deleted", id: data.id });
    } else if (type === "pending") {
      this.tapped(data.person, data.id, data);
    } else if (type === "answer") {
      this.#answer(chat, data);
    } else if (type === "reply_keyboard") {
      chat.replyKeyboard = data.reply_keyboard;
      this.#tell(topic, { what: "reply_keyboard" });
    }
  }

  // A tap that waits for its answer; it may be told twice, by the request and by the event, or after its answer.
  tapped(person, messageId, { query_id, row, col }) {
    const message = this.chat(person).messages.get(messageId);
    if (!message || this.#answered.has(query_id) || message.pending.some((tap) => tap.query_id === query_id)) return;
    message.pending = [...message.pending, { query_id, row, col }];
    this.#tell(`chat:${person}`, { what: "pending", message });
  }

  #answer(chat, data) {
    this.#answered.add(data.query_id);
    const message = chat.messages.get(data.id);
    if (message) {
      message.pending = message.pending.filter((tap) => tap.query_id !== data.query_id);
      this.#tell(`chat:${data.person}`, { what: "pending", message });
    }
    this.#tell(`chat:${data.person}`, { what: "answer", answer: data });
  }

  #allTaken() {
    this.#drained = true;
    for (const [id, chat] of this.chats) {
      chat.taken = newest(chat);
      this.#tell(`chat:${id}`, { what: "taken" });
    }
  }

  #setTyping(id, action) {
    const chat = this.chat(id);
    if (chat.typing === action) return;
    chat.typing = action;
    this.#tell(`chat:${id}`, { what: "typing" });
  }

  #setPerson(person) {
    const isNew = !this.people.has(person.id);
    this.people.set(person.id, person);
    this.#tell(isNew ? "people" : `person:${person.id}`);
    if (!isNew) this.#tell("counters");
  }

  #setBot(bot) {
    this.bot = bot;
    this.#tell("bot");
  }

  setClock(clock) {
    this.clock = clock && { ...clock, heard: performance.now(), at: Date.parse(clock.now) };
    this.#tell("clock");
  }

  // Now, in milliseconds: the sandbox's clock runs on between its events.
  now() {
    return this.clock ? this.clock.at + (performance.now() - this.clock.heard) : Date.now();
  }

  get zone() {
    return this.clock?.zone;
  }

  name(person) {
    return [person.first_name, person.last_name].filter(Boolean).join(" ");
  }
}

function newest(chat) {
  return Math.max(0, ...chat.messages.keys());
}
