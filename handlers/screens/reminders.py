"""The nudge at a lesson's end: what is missing, and a button for each lesson that opens its card in place."""

from handlers.callbacks.lessons import OpenReminded
from handlers.screen import Screen, esc, shortened, tap
from handlers.screens.lessons import LABEL, place
from services.i18n import N_
from services.i18n import gettext as _
from services.reminders import Nudge, OpenLesson
from storage.vocabulary import RecordPart

PARTS = {
    RecordPart.TOPIC: N_("topic"),
    RecordPart.ATTENDANCE: N_("attendance"),
    RecordPart.HOMEWORK: N_("homework"),
}


def nudge(view: Nudge) -> Screen:
    """What is missing, or «готово»."""
    if view.done:
        closed = [f"✅ {_title(one)}" for one in view.lessons]
        return Screen("\n".join([_("All is filled in, thank you."), *closed]))
    lines = [_("The lesson is over, and something is still missing:")]
    lines += [f"▫ {_title(one)} — {_missing(one)}" for one in view.lessons]
    rows = [
        [
            tap(
                shortened(f"{one.title.slot} · {one.title.audience} {one.title.subject}", LABEL),
                OpenReminded(lesson=one.title.lesson_id),
            )
        ]
        for one in view.lessons
    ]
    return Screen("\n".join(lines), rows)


def _title(one: OpenLesson) -> str:
    return f"<b>{esc(one.title.audience)} · {esc(one.title.subject)}</b>, {place(one.title)}"


def _missing(one: OpenLesson) -> str:
    said = []
    for part in one.missing:
        name = _(PARTS[part])
        if part is RecordPart.HOMEWORK and one.homework_due_at is not None:
            clock = _("until {hour}, {clause}")
            name += " " + clock.format(hour=f"{one.homework_due_at:%H:%M}", clause=esc(one.clause))
        said.append(name)
    return ", ".join(said)
