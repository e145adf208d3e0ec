// Light, dark, or as the system has it.

import { recallWord, rememberWord } from "./memory.js";

const system = matchMedia("(prefers-color-scheme: dark)");
const NEXT = { auto: "light", light: "dark", dark: "auto" };

export function theme() {
  return recallWord("theme") ?? "auto";
}

function apply() {
  const chosen = theme();
  const dark = chosen === "auto" ? system.matches : chosen === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

export function nextTheme() {
  const next = NEXT[theme()] ?? "auto";
  rememberWord("theme", next === "auto" ? null : next);
  apply();
  return next;
}

export function followSystem() {
  apply();
  system.addEventListener("change", apply);
}
