// Dates and times as people say them, in the zone of the sandbox's clock.

import { T } from "./texts.js";

const formats = new Map();

function format(options, zone) {
  const key = JSON.stringify([options, zone]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("ru-RU", { ...options, timeZone: zone }));
  return formats.get(key);
}

export function hoursMinutes(moment, zone) {
  return format({ hour: "2-digit", minute: "2-digit" }, zone).format(moment);
}

export function seconds(moment) {
  return String(new Date(moment).getUTCSeconds()).padStart(2, "0");
}

export function weekdayAndDate(moment, zone) {
  return format({ weekday: "short", day: "numeric", month: "long" }, zone).format(moment);
}

export function shortDate(moment, zone) {
  return format({ weekday: "short", day: "numeric", month: "short" }, zone).format(moment);
}

// «пн 30»: enough where the month goes without saying.
export function weekdayAndNumber(moment, zone) {
  return format({ weekday: "short", day: "numeric" }, zone).format(moment).replace(",", "");
}

// A calendar day as one comparable word: 2026-09-08.
export function dayOf(moment, zone) {
  return localParts(moment, zone).slice(0, 10);
}

export function dayTitle(moment, now, zone) {
  const day = dayOf(moment, zone);
  if (day === dayOf(now, zone)) return T.chat.today;
  if (day === dayOf(now - 86_400_000, zone)) return T.chat.yesterday;
  const sameYear = day.slice(0, 4) === dayOf(now, zone).slice(0, 4);
  const options = { weekday: "short", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) };
  return format(options, zone).format(moment);
}

// The wall clock of the zone as <input type="datetime-local"> wants it.
export function localParts(moment, zone) {
  const parts = format(
    { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    zone,
  ).formatToParts(moment);
  const of = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${of.year}-${of.month}-${of.day}T${of.hour}:${of.minute}`;
}

// The reverse: what moment the zone's wall clock shows as `local`. Two steps are enough for any change of the clocks.
export function momentOf(local, zone) {
  const wanted = Date.parse(`${local}Z`);
  let moment = wanted;
  for (let step = 0; step < 2; step += 1) moment += wanted - Date.parse(`${localParts(moment, zone)}Z`);
  return new Date(moment);
}
