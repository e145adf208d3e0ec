// Which phones are shown, and in what order; kept in this browser.

import { recall, remember } from "./memory.js";

const SHOWN_AT_FIRST = 8;

export class Roster {
  #order = recall("order", []);
  #hidden = new Set(recall("hidden", []));
  #known = new Set(recall("known", []));

  constructor(store) {
    this.store = store;
    this.onChange = () => {};
  }

  // Everybody, in the chosen order; newcomers at the end. A crowd is not unfolded at once.
  all() {
    const present = [...this.store.people.keys()];
    const placed = this.#order.filter((id) => this.store.people.has(id));
    const order = [...placed, ...present.filter((id) => !placed.includes(id))];
    order.forEach((id, index) => {
      if (!this.#known.has(id) && index >= SHOWN_AT_FIRST && present.length > SHOWN_AT_FIRST) this.#hidden.add(id);
      this.#known.add(id);
    });
    return order;
  }

  shown() {
    return this.all().filter((id) => !this.#hidden.has(id));
  }

  isShown(id) {
    return !this.#hidden.has(id);
  }

  hide(id) {
    this.#hidden.add(id);
    this.#keep();
  }

  show(id) {
    this.#hidden.delete(id);
    this.#known.add(id);
    this.#keep();
  }

  showAll() {
    this.#hidden.clear();
    this.#keep();
  }

  canMove(id, by, among = this.shown()) {
    const at = among.indexOf(id);
    return at >= 0 && at + by >= 0 && at + by < among.length;
  }

  // Change places with the neighbour among those shown, or among all.
  move(id, by, among = this.shown()) {
    if (!this.canMove(id, by, among)) return;
    const order = this.all();
    const neighbour = among[among.indexOf(id) + by];
    const [from, to] = [order.indexOf(id), order.indexOf(neighbour)];
    [order[from], order[to]] = [order[to], order[from]];
    this.#order = order;
    this.#keep();
  }

  #keep() {
    remember("order", this.#order);
    remember("hidden", [...this.#hidden]);
    remember("known", [...this.#known]);
    this.onChange();
  }
}
