// The inline keyboard under a message: rows exactly as the bot sent them.

import { h, icon } from "./dom.js";
import { safeHref } from "./richtext.js";
import { T } from "./texts.js";

const SIGNS = { url: "outside", copy: "copy" };

// acts: {tap(row, col), start(payload), copy(text)}.
export function inlineKeyboard(rows, acts) {
  const made = rows.map((buttons, row) =>
    h(
      "div",
      { class: "keys-row", data: { count: String(buttons.length) } },
      buttons.map((button, col) => key(button, row, col, acts)),
    ),
  );
  const keys = h(
    "div",
    { class: "keys", role: "group", aria: { label: T.message.keys }, data: { testid: "keyboard" } },
    made,
  );
  keys.addEventListener("keydown", (event) => move(keys, event));
  return keys;
}

// The key at a place, or the nearest there is: an edited keyboard has other rows.
export function keyNear(keys, row, col) {
  const rows = keys.querySelectorAll(".keys-row");
  const near = rows[Math.min(Math.max(row, 0), rows.length - 1)].querySelectorAll(".key");
  return near[Math.min(Math.max(col, 0), near.length - 1)];
}

// Arrows go from key to key as they lie.
function move(keys, event) {
  const key = event.target.closest(".key");
  const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
  if (!key || !step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  keyNear(keys, Number(key.dataset.row) + step[0], Number(key.dataset.col) + step[1]).focus();
}

function key(button, row, col, acts) {
  const props = {
    class: "key",
    data: { testid: "button", kind: button.kind, row: String(row), col: String(col), style: button.style },
  };
  const label = h("span", { class: "key-label" }, button.text);
  const sign = SIGNS[button.kind] && button.start === undefined ? icon(SIGNS[button.kind]) : null;
  const href = button.kind === "url" && button.start === undefined ? safeHref(button.url) : null;
  if (href)
    return h(
      "a",
      { ...props, href, target: "_blank", rel: "noopener noreferrer", title: T.message.opensLink },
      label,
      sign,
    );
  const press = () => {
    if (button.kind === "copy") acts.copy(button.copy);
    else if (button.start !== undefined) acts.start(button.start);
    else if (button.kind === "callback") acts.tap(row, col);
  };
  return h("button", { ...props, type: "button", on: { click: press } }, label, sign);
}

// Which buttons wait for their answer now.
export function showPending(keyboard, pending) {
  const waiting = new Set(pending.map(({ row, col }) => `${row}:${col}`));
  for (const element of keyboard.querySelectorAll(".key")) {
    if (waiting.has(`${element.dataset.row}:${element.dataset.col}`)) element.setAttribute("aria-busy", "true");
    else element.removeAttribute("aria-busy");
  }
}

export function isWaiting(keyboard, row, col) {
  return keyboard.querySelector(`[data-row="${row}"][data-col="${col}"]`)?.getAttribute("aria-busy") === "true";
}
