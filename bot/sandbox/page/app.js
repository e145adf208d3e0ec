// The page of phones: puts the parts together and keeps them fed.

import { api } from "./api.js";
import { ClockBar } from "./clockbar.js";
import { avatar, h, iconButton } from "./dom.js";
import { PeoplePanel } from "./people.js";
import { Roster } from "./roster.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";
import { T } from "./texts.js";
import { followSystem, nextTheme, theme } from "./theme.js";

const SHORT_BREAK = 900; // ms: a break that nobody needs to hear of

const store = new Store(api);
const roster = new Roster(store);
const stage = new Stage(store, api, roster);

const whispers = h("div", { class: "whispers", role: "status", aria: { live: "polite" } });
let whisperTimer = null;

function say(text, quietly = false) {
  clearTimeout(whisperTimer);
  whispers.replaceChildren(h("div", { class: quietly ? "offstage" : "toast" }, text));
  whisperTimer = setTimeout(() => whispers.replaceChildren(), 3500);
}

const people = new PeoplePanel({ store, api, roster, say, goTo: (id) => stage.goTo(id) });
const clock = new ClockBar(store, api, say);
const brand = h("div", { class: "brand" });
const themeButton = iconButton(theme(), T.theme[theme()], switchTheme, { class: "theme", data: { testid: "theme" } });
const lost = h(
  "div",
  { class: "lost", role: "status", hidden: true, data: { testid: "lost" } },
  h("span", { class: "lost-words" }),
);

function switchTheme() {
  const chosen = nextTheme();
  const fresh = iconButton(chosen, T.theme[chosen], switchTheme, {});
  themeButton.replaceChildren(fresh.firstChild);
  themeButton.title = T.theme[chosen];
  themeButton.setAttribute("aria-label", T.theme[chosen]);
}

function drawBrand() {
  const name = store.bot?.first_name ?? T.bot.noName;
  document.title = T.title(name);
  brand.replaceChildren(
    avatar(name, 0, "bot"),
    h("span", { class: "brand-words" }, h("strong", {}, name), h("small", {}, T.sandbox)),
  );
}

function drawPeople() {
  stage.draw();
  people.count();
}

let breakTimer = null;
let wasLost = false;

function connection(up) {
  clearTimeout(breakTimer);
  document.documentElement.dataset.connection = up ? "up" : "down";
  if (!up) {
    breakTimer = setTimeout(() => {
      wasLost = true;
      lost.firstChild.textContent = T.lost;
      lost.hidden = false;
    }, SHORT_BREAK);
    return;
  }
  lost.hidden = true;
  if (wasLost) say(T.back);
  wasLost = false;
}

// Commands and menu buttons are part of the people; their chats stay as they are.
async function refetchPeople() {
  const state = await api.state().catch(() => null);
  if (state) for (const person of state.people) store.apply("person", { person }, state.seq);
}

function heard(type, data, seq) {
  if (type === "reset") stream.restart();
  else if (type === "commands") refetchPeople();
  else store.apply(type, data, seq);
}

const stream = new Stream({ sync: () => store.sync(), onEvent: heard, onState: connection });

store.on("bot", drawBrand);
store.on("people", drawPeople);
store.on("counters", () => {
  stage.drawTabs();
  people.count();
});
roster.onChange = drawPeople;

const bar = h(
  "header",
  { class: "bar" },
  brand,
  clock.element,
  h("div", { class: "tools" }, people.element, themeButton),
);
document.getElementById("app").append(lost, bar, stage.switcher, stage.element, whispers);
followSystem();
drawBrand();
stage.hollow.hidden = false;
stage.hollow.textContent = T.opening;
stream.connect();
