"""The letter to a teacher whose lessons were changed: what each is to them now."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from handlers.callbacks.lessons import OpenDay
from handlers.screen import Screen, esc, tap
from services import reasons, words
from services.i18n import gettext as _
from services.lesson_changes import Change, What

MOST = 15


def changes(told: Sequence[Change], today: date) -> Screen:
    """The changed lessons by day, and the way to the first of these days."""
    title = _("Changes in your lessons")
    lines = [f"<b>{title}</b>"]
    for day, many in groupby(told[:MOST], key=lambda one: one.title.on_date):
        lines += ["", f"<i>{words.day(day, today)}</i>", *(_line(one) for one in many)]
    if len(told) > MOST:
        lines.append("…")
    first = min(one.title.on_date for one in told)
    return Screen("\n".join(lines), [[tap(_("My lessons"), OpenDay(day=first.isoformat()))]])


def _line(one: Change) -> str:
    title = one.title
    room = f", {words.room(title.room)}" if title.room and one.what is What.YOU_SUBSTITUTE else ""
    lesson = esc(f"{title.slot} · {title.starts_at:%H:%M} · {title.audience} {title.subject}{room}")
    who = esc(one.person.initials) if one.person else ""
    reason = esc(reasons.said(one.reason))
    match one.what:
        case What.YOU_SUBSTITUTE:
            return _("{lesson}: you substitute ({name})").format(lesson=lesson, name=who)
        case What.SUBSTITUTED:
            return _("{lesson}: given by {name}").format(lesson=lesson, name=who)
        case What.CANCELLED:
            return _("{lesson}: cancelled ({reason})").format(lesson=lesson, reason=reason)
        case What.MOVED:
            where = (
                _("{day}, lesson {slot}, {hour}").format(
                    day=words.weekday(one.moved_to.on_date),
                    slot=one.moved_to.slot,
                    hour=f"{one.moved_to.starts_at:%H:%M}",
                )
                if one.moved_to
                else _("another day")
            )
            return _("{lesson}: moved to {where} ({reason})").format(lesson=lesson, where=where, reason=reason)
        case What.RELEASED:
            return _("{lesson}: you substitute no more").format(lesson=lesson)
        case What.AS_USUAL:
            return _("{lesson}: as in the timetable again").format(lesson=lesson)
