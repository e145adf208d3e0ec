// What lies over a screen: menus, toasts, windows. A window belongs to one phone and leaves the others usable.

import { h, icon } from "./dom.js";
import { safeHref } from "./richtext.js";
import { T } from "./texts.js";

let closeOpenMenu = null;

// items: [{icon, label, act, danger}]. The menu stays inside `host`; one at a time on the whole page.
export function openMenu(anchor, host, items, label) {
  const wasMine = closeOpenMenu?.anchor === anchor;
  closeOpenMenu?.();
  if (wasMine) return;
  const buttons = items.map((item) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        class: item.danger ? "menu-item danger" : "menu-item",
        tabIndex: -1,
        on: { click: () => choose(item) },
      },
      icon(item.icon),
      h("span", {}, item.label),
    ),
  );
  const menu = h("div", { class: "menu", role: "menu", aria: { label }, data: { testid: "menu" } }, buttons);
  host.append(menu);
  place(menu, anchor, host);
  anchor.setAttribute("aria-expanded", "true");

  const close = (refocus = false) => {
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    closeOpenMenu = null;
    if (refocus && anchor.isConnected) anchor.focus();
  };
  close.anchor = anchor;
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const choose = (item) => {
    close(true);
    item.act();
  };
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      buttons.at(next % buttons.length).focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close(true);
    }
  });
  document.addEventListener("pointerdown", outside, true);
  closeOpenMenu = close;
  buttons[0]?.focus({ preventScroll: true });
}

function place(menu, anchor, host) {
  const inside = host.getBoundingClientRect();
  const at = anchor.getBoundingClientRect();
  const gap = 6;
  const left = Math.min(Math.max(at.left - inside.left, gap), inside.width - menu.offsetWidth - gap);
  const below = at.bottom - inside.top + gap;
  const fits = below + menu.offsetHeight <= inside.height - gap;
  menu.style.left = `${left}px`;
  menu.style.top = `${fits ? below : Math.max(gap, at.top - inside.top - menu.offsetHeight - gap)}px`;
}

export class Layers {
  #queue = [];
  #timer = null;

  // screen: the element that everything lies over; body: its usual contents, out of reach while a window is open.
  constructor(screen, body) {
    this.screen = screen;
    this.body = body;
    this.toasts = h("div", { class: "toasts", role: "status", aria: { live: "polite" } });
    screen.append(this.toasts);
  }

  toast(text) {
    clearTimeout(this.#timer);
    this.toasts.replaceChildren(h("div", { class: "toast", data: { testid: "toast" } }, text));
    this.#timer = setTimeout(() => this.toasts.replaceChildren(), 2600 + Math.min(text.length * 35, 4500));
  }

  alert(text, url = null) {
    const href = url ? safeHref(url) : null;
    const extra = href
      ? h("a", { class: "button", href, target: "_blank", rel: "noopener noreferrer" }, T.open)
      : null;
    return this.#window("alertdialog", (close) => {
      const words = h("p", { class: "window-text" }, text);
      const ok = h(
        "button",
        { type: "button", class: "button primary", data: { testid: "alert-ok" }, on: { click: () => close(null) } },
        T.ok,
      );
      return {
        testid: "alert",
        label: text,
        parts: [words, h("div", { class: "window-buttons" }, extra, ok)],
        first: ok,
      };
    });
  }

  // options: [{value, label, lead}]; resolves to the value, or null when closed.
  choose(title, options) {
    return this.#window("dialog", (close) => {
      const buttons = options.map(({ value, label, lead }) =>
        h(
          "button",
          { type: "button", class: "choice", on: { click: () => close(value) } },
          lead,
          h("span", {}, label),
        ),
      );
      const cancel = h("button", { type: "button", class: "button", on: { click: () => close(null) } }, T.cancel);
      const parts = [
        h("h2", { class: "window-title" }, title),
        h("div", { class: "choices" }, buttons),
        h("div", { class: "window-buttons" }, cancel),
      ];
      return { testid: "chooser", label: title, parts, first: buttons[0] ?? cancel };
    });
  }

  #window(role, build) {
    return new Promise((resolve) => {
      this.#queue.push({ role, build, resolve });
      if (this.#queue.length === 1) this.#open();
    });
  }

  #open() {
    const { role, build, resolve } = this.#queue[0];
    const before = document.activeElement;
    const mine = this.screen.contains(before);
    const close = (value) => {
      veil.remove();
      this.#queue.shift();
      this.body.inert = false;
      if (mine && before.isConnected) before.focus({ preventScroll: true });
      resolve(value);
      if (this.#queue.length) this.#open();
    };
    const { testid, label, parts, first } = build(close);
    const window_ = h("div", { class: "window", role, aria: { modal: "true", label }, data: { testid } }, parts);
    const veil = h("div", { class: "veil" }, window_);
    veil.addEventListener("keydown", (event) => event.key === "Escape" && close(null));
    veil.addEventListener("click", (event) => event.target === veil && close(null));
    this.screen.append(veil);
    this.body.inert = true;
    // Somebody who types in another phone keeps the cursor there.
    if (mine || before === document.body || before === null) first.focus({ preventScroll: true });
  }
}

// A question over the whole page: true for yes.
export function ask({ question, meaning, yes }) {
  return new Promise((resolve) => {
    const answer = (value) => () => dialog.close(value);
    const no = h("button", { type: "button", class: "button", on: { click: answer("") } }, T.cancel);
    const sure = h(
      "button",
      { type: "button", class: "button primary", data: { testid: "ask-yes" }, on: { click: answer("yes") } },
      yes,
    );
    const dialog = h(
      "dialog",
      { class: "question", aria: { labelledby: "question", describedby: "meaning" }, data: { testid: "ask" } },
      h("h2", { id: "question", class: "window-title" }, question),
      h("p", { id: "meaning", class: "question-meaning" }, meaning),
      h("div", { class: "window-buttons" }, no, sure),
    );
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close(""));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}

// A picture over the whole page.
export function showPicture(url, name) {
  const close = h(
    "button",
    { type: "button", class: "icon-button", aria: { label: T.close }, title: T.close },
    icon("close"),
  );
  const save = h(
    "a",
    {
      class: "icon-button",
      href: `${url}?download=1`,
      download: name,
      aria: { label: T.message.download },
      title: T.message.download,
    },
    icon("download"),
  );
  const dialog = h(
    "dialog",
    { class: "picture", aria: { label: name } },
    h("div", { class: "picture-bar" }, h("span", {}, name), save, close),
    h("img", { src: url, alt: name }),
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // Plain http on another machine has no clipboard: the old way.
  }
  const field = h("textarea", { class: "offstage", value: text, readOnly: true });
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
