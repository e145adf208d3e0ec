// The page as a training room: what the host program offers beside its clock (a tour, a new beginning).

const LONGEST_BUSY = 60_000; // ms: later a lost connection is said as such, whatever the host was busy with

export class Room {
  tour = null;
  restart = null;
  busy = null;
  #restarting = false;
  #since = 0;

  // onChange(): anything of it changed; onAnew(): the school that was asked for is there.
  constructor(api) {
    this.api = api;
    this.onChange = () => {};
    this.onAnew = () => {};
  }

  async load() {
    this.apply(await this.api.room());
  }

  apply({ tour, restart, busy }) {
    if (busy && busy !== this.busy) this.#since = performance.now();
    if (busy && busy === restart?.waiting) this.#restarting = true;
    Object.assign(this, { tour: tour?.steps?.length ? tour : null, restart, busy });
    const anew = this.#restarting && !busy;
    if (anew) this.#restarting = false;
    this.onChange();
    if (anew) this.onAnew();
  }

  // Whether a break of the connection is a part of what the host said it is doing.
  get excusesSilence() {
    return Boolean(this.busy) && performance.now() - this.#since < LONGEST_BUSY;
  }

  beginAnew() {
    return this.api.beginAnew();
  }
}
