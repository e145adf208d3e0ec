// The live feed. Whenever it breaks, everything is fetched again and the feed goes on from there.

const TYPES = [
  "message",
  "edit",
  "delete",
  "pending",
  "answer",
  "typing",
  "person",
  "reply_keyboard",
  "commands",
  "bot",
  "clock",
  "drained",
  "room",
  "reset",
];
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;

export class Stream {
  #source = null;
  #timer = null;
  #pause = FIRST_PAUSE;
  #connecting = false;

  // sync() fetches the state anew and returns the number to go on from; onEvent(type, data, seq); onState(up: bool).
  constructor({ sync, onEvent, onState }) {
    this.sync = sync;
    this.onEvent = onEvent;
    this.onState = onState;
    addEventListener("online", () => this.#soon());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#soon());
  }

  async connect() {
    if (this.#connecting || this.#source) return;
    this.#connecting = true;
    clearTimeout(this.#timer);
    try {
      const after = await this.sync();
      this.#open(after);
    } catch (trouble) {
      if (trouble.slug === undefined) throw trouble;
      this.#broken();
    } finally {
      this.#connecting = false;
    }
  }

  #open(after) {
    const source = new EventSource(`/sandbox/events?after=${after}`);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#pause = FIRST_PAUSE;
      this.onState(true);
    });
    source.addEventListener("error", () => source === this.#source && this.#broken());
    for (const type of TYPES) {
      source.addEventListener(type, (event) => {
        if (source === this.#source) this.onEvent(type, JSON.parse(event.data), Number(event.lastEventId));
      });
    }
  }

  // Close and begin again: the feed told that it has forgotten too much.
  restart() {
    this.#source?.close();
    this.#source = null;
    this.connect();
  }

  #broken() {
    this.#source?.close();
    this.#source = null;
    this.onState(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connect(), this.#pause);
    this.#pause = Math.min(this.#pause * 1.7, LONGEST_PAUSE);
  }

  #soon() {
    if (this.#source || this.#connecting) return;
    this.#pause = FIRST_PAUSE;
    this.connect();
  }
}
