// The page of phones: puts the parts together and keeps them fed.

import { api } from "./api.js";
import { ClockBar } from "./clockbar.js";
import { avatar, h, icon, iconButton } from "./dom.js";
import { Guide } from "./guide.js";
import { ask } from "./layers.js";
import { PeoplePanel } from "./people.js";
import { Pointer } from "./pointer.js";
import { Room } from "./room.js";
import { Roster } from "./roster.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";
import { T, saying } from "./texts.js";
import { followSystem, nextTheme, theme } from "./theme.js";
import { Tour } from "./tour.js";

const SHORT_BREAK = 900; // ms: a break that nobody needs to hear of

const store = new Store(api);
const roster = new Roster(store);
const stage = new Stage(store, api, roster);
const room = new Room(api);
const tour = new Tour(store);

const whispers = h("div", { class: "whispers", role: "status", aria: { live: "polite" } });
const voice = h("div", { class: "offstage", role: "status", aria: { live: "polite" }, data: { testid: "voice" } });
let whisperTimer = null;

function say(text, quietly = false) {
  clearTimeout(whisperTimer);
  whispers.replaceChildren(h("div", { class: quietly ? "offstage" : "toast" }, text));
  whisperTimer = setTimeout(() => whispers.replaceChildren(), 3500);
}

store.announce = (text) => voice.replaceChildren(h("p", {}, text));

const people = new PeoplePanel({ store, api, roster, say, goTo: (id) => stage.goTo(id) });
const clock = new ClockBar(store, api, say);
const pointer = new Pointer(stage, clock);
const guide = new Guide(tour, {
  reveal: (found) => pointer.reveal(found),
  write(id, text) {
    stage.goTo(id, wideEnough.matches);
    stage.phone(id)?.composer.write(text);
  },
});
const brand = h("div", { class: "brand" });
const themeButton = iconButton(theme(), T.theme[theme()], switchTheme, { class: "theme", data: { testid: "theme" } });
const tourButton = tool("tour", T.tour.open, () => tour.offer(), "tour-open");
const anewButton = tool("restart", "", beginAnew, "begin-anew");
const lost = h(
  "div",
  { class: "lost", role: "status", hidden: true, data: { testid: "lost" } },
  h("span", { class: "lost-words" }),
);

function tool(sign, words, act, testid) {
  return h(
    "button",
    { type: "button", class: "tool", title: words, hidden: true, data: { testid }, on: { click: act } },
    icon(sign),
    h("span", { class: "tool-word" }, words),
  );
}

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

// The training room

let shownStep = null;

function drawRoom() {
  const { restart } = room;
  anewButton.hidden = !restart;
  if (restart) {
    anewButton.lastChild.textContent = restart.button;
    anewButton.title = restart.button;
    anewButton.setAttribute("aria-label", restart.button);
  }
  stage.busy = room.busy;
  drawPeople();
  tour.setScript(room.tour);
}

function drawTour() {
  const step = tour.step;
  if (step && step !== shownStep) {
    for (const id of tour.people()) if (store.people.has(id) && store.chat(id).status === "unloaded") store.load(id);
    if (store.people.has(step.phone) && !roster.isShown(step.phone)) roster.show(step.phone);
    if (wideEnough.matches) stage.goTo(step.phone, true);
    toBring = wideEnough.matches;
  }
  shownStep = step;
  tourButton.hidden = tour.status !== "left";
  guideAgain();
}

const wideEnough = matchMedia("(min-width: 1001px)");
let guideDue = false;
let toBring = false; // a step has begun: its button is to be seen

// Whatever changed, once a frame: look whether the step was done, and where to point now.
function guideAgain() {
  if (guideDue) return;
  guideDue = true;
  requestAnimationFrame(() => {
    guideDue = false;
    if (!room.busy) tour.look();
    const found = room.busy ? null : tour.hint();
    guide.draw(found);
    pointer.show(found);
    if (toBring) pointer.bring(found);
    toBring = false;
  });
}

async function beginAnew() {
  if (!(await ask(room.restart))) return;
  try {
    await room.beginAnew();
  } catch (trouble) {
    if (trouble.slug === undefined) throw trouble;
    say(saying(trouble));
  }
}

room.onChange = drawRoom;
room.onAnew = () => tour.offer();
tour.onChange = drawTour;

let breakTimer = null;
let wasLost = false;

function connection(up) {
  clearTimeout(breakTimer);
  document.documentElement.dataset.connection = up ? "up" : "down";
  if (!up) {
    breakTimer = setTimeout(sayLost, SHORT_BREAK);
    return;
  }
  lost.hidden = true;
  if (wasLost) say(T.back);
  wasLost = false;
}

function sayLost() {
  if (room.excusesSilence) {
    breakTimer = setTimeout(sayLost, SHORT_BREAK);
    return;
  }
  wasLost = true;
  lost.firstChild.textContent = T.lost;
  lost.hidden = false;
}

// Commands and menu buttons are part of the people; their chats stay as they are.
async function refetchPeople() {
  const state = await api.state().catch(() => null);
  if (state) for (const person of state.people) store.apply("person", { person }, state.seq);
}

function heard(type, data, seq) {
  if (type === "reset") stream.restart();
  else if (type === "commands") refetchPeople();
  else if (type === "room") room.apply(data);
  else store.apply(type, data, seq);
}

async function sync() {
  const after = await store.sync();
  await room.load();
  return after;
}

const stream = new Stream({ sync, onEvent: heard, onState: connection });

store.on("bot", drawBrand);
store.on("people", drawPeople);
store.on("counters", () => {
  stage.drawTabs();
  people.count();
});
store.on("anything", guideAgain);
roster.onChange = drawPeople;
stage.onMoved = guideAgain;

const bar = h(
  "header",
  { class: "bar" },
  brand,
  clock.element,
  h("div", { class: "tools" }, tourButton, people.element, anewButton, themeButton),
);
const skip = h("a", { class: "skip", href: "#phones" }, T.toPhones);
document
  .getElementById("app")
  .append(
    skip,
    lost,
    bar,
    h("div", { class: "room" }, guide.element, h("div", { class: "floor" }, stage.switcher, stage.element)),
    whispers,
    voice,
  );
followSystem();
drawBrand();
stage.hollow.hidden = false;
stage.hollow.textContent = T.opening;
stream.connect();
