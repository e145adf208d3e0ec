// The HTML of a message, rebuilt from a short list of tags: whatever else it holds becomes plain text.

import { h } from "./dom.js";
import { T } from "./texts.js";

const PLAIN = new Set(["B", "STRONG", "I", "EM", "U", "INS", "S", "STRIKE", "DEL", "PRE", "BLOCKQUOTE"]);
const SCHEMES = new Set(["http:", "https:", "tg:", "mailto:", "tel:"]);

// acts: {start(payload), command(text), copy(text)}: what a click on an inner link, a command or a code does.
export function rich(html, acts) {
  const parsed = new DOMParser().parseFromString(`<body>${html}`, "text/html");
  return fragment(parsed.body, acts);
}

function fragment(source, acts) {
  const made = document.createDocumentFragment();
  for (const node of source.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) made.append(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE) made.append(element(node, acts));
  }
  return made;
}

function element(node, acts) {
  const inner = fragment(node, acts);
  if (node.tagName === "BR") return document.createElement("br");
  if (PLAIN.has(node.tagName)) return h(node.tagName.toLowerCase(), {}, inner);
  if (node.tagName === "CODE") return code(inner, acts);
  if (node.tagName === "A") return link(node, inner, acts);
  if (node.tagName === "SPAN" && node.classList.contains("spoiler")) return spoiler(inner);
  return inner;
}

function code(inner, acts) {
  const made = h("code", { tabIndex: 0, role: "button", title: T.message.copyCode }, inner);
  return pressable(made, () => acts.copy(made.textContent));
}

function spoiler(inner) {
  const made = h(
    "span",
    { class: "spoiler", tabIndex: 0, role: "button", aria: { label: T.message.spoiler } },
    h("span", { class: "spoiler-text" }, inner),
  );
  return pressable(made, () => {
    made.classList.add("revealed");
    made.removeAttribute("aria-label");
    made.removeAttribute("role");
    made.removeAttribute("tabindex");
  });
}

function link(node, inner, acts) {
  const { start, command } = node.dataset;
  if (command !== undefined)
    return pressable(h("a", { class: "command", role: "button", tabIndex: 0 }, inner), () => acts.command(command));
  const href = safeHref(node.getAttribute("href"));
  if (href === null) return inner;
  const made = h("a", { href, target: "_blank", rel: "noopener noreferrer" }, inner);
  if (start !== undefined) {
    made.dataset.start = start;
    made.addEventListener("click", (event) => {
      event.preventDefault();
      acts.start(start);
    });
  }
  return made;
}

export function safeHref(href) {
  try {
    return SCHEMES.has(new URL(href).protocol) ? href : null;
  } catch {
    return null;
  }
}

function pressable(made, press) {
  made.addEventListener("click", press);
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    press();
  });
  return made;
}

// The payload of a deep link to this bot ("" when it has none); null for any other text.
export function deepLink(text, username) {
  if (!username || /\s/u.test(text.trim())) return null;
  let url;
  try {
    url = new URL(/^[a-z]+:/iu.test(text.trim()) ? text.trim() : `https://${text.trim()}`);
  } catch {
    return null;
  }
  const same = (name) => (name ?? "").toLowerCase() === username.toLowerCase();
  if (url.protocol === "tg:")
    return url.hostname === "resolve" && same(url.searchParams.get("domain"))
      ? (url.searchParams.get("start") ?? "")
      : null;
  if (!["t.me", "telegram.me"].includes(url.hostname)) return null;
  return same(url.pathname.replace(/^\/|\/$/gu, "")) ? (url.searchParams.get("start") ?? "") : null;
}

const JUMBO = /^(?:\p{Extended_Pictographic}(?:\u200d|\ufe0f|\p{Emoji_Modifier}|\p{Extended_Pictographic})*){1,3}$/u;

export function isJumbo(text) {
  return text.length <= 24 && JUMBO.test(text.trim());
}
