"""«Подгруппы»: the divisions of a class, who is in them, and moving a student at a term's end."""

from collections.abc import Sequence

from handlers.callbacks.arrangements import (
    ChooseSubgroup,
    OpenClassSubgroups,
    OpenSubgroup,
    OpenSubgroups,
    TransferStudent,
)
from handlers.callbacks.family import OpenMenu
from handlers.screen import Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens import names
from services import words
from services.changes import Outcome
from services.i18n import gettext as _
from services.subgroups import ClassParts, ClassWithParts, PartMembers, TransferChoice, Transferred, Window

LABEL = 30
SHOWN_OUTSIDE = 6


def classes(found: Sequence[ClassWithParts]) -> Screen:
    """The classes that are divided, a button each."""
    title = _("Subgroups")
    lines = [f"<b>{title}</b>", _("Choose a class.") if found else _("No class is divided into subgroups.")]
    rows = grid([tap(shortened(one.name, 10), OpenClassSubgroups(school_class=one.id)) for one in found], 3)
    return Screen("\n".join(lines), [*rows, [tap(_("Menu"), OpenMenu())]])


def class_parts(view: ClassParts) -> Screen:
    """The subgroups of a class, a button each."""
    title = _("Subgroups")
    lines = [f"<b>{esc(view.name)}</b> · {title}", *_window_lines(view.window)]
    rows = []
    for division in view.divisions:
        rows += [
            [
                tap(
                    shortened(f"{part.name} · {part.count}", LABEL),
                    OpenSubgroup(subgroup=part.id, page=0),
                )
            ]
            for part in division.parts
        ]
        if division.outside:
            parts = ", ".join(esc(part.name) for part in division.parts)
            lines += ["", _("In none of {parts}:").format(parts=parts)]
            lines += [f"• {esc(one.usual)}" for one in division.outside[:SHOWN_OUTSIDE]]
            if len(division.outside) > SHOWN_OUTSIDE:
                lines.append("…")
            labels = names.labels(division.outside[:SHOWN_OUTSIDE], 2, 2)
            rows += grid(
                [
                    tap(f"+ {labels[one.id]}", ChooseSubgroup(student=one.id, subgroup=division.parts[0].id))
                    for one in division.outside[:SHOWN_OUTSIDE]
                ],
                2,
            )
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenSubgroups())]])


def members(view: PartMembers, page: int, note: str | None = None) -> Screen:
    """Who is in a subgroup; where transfers are open, a tap on a name moves."""
    lines = [f"<b>{esc(view.class_name)} · {esc(view.part.name)}</b> · {view.part.count}"]
    if view.on_date != view.today:
        lines.append(_("As of {day}.").format(day=words.day_and_month(view.on_date)))
    lines += _window_lines(view.window)
    if note:
        lines += ["", note]
    columns = names.columns_for(len(view.students))
    labels = names.labels(view.students, columns)
    shown, page, pages = page_of(view.students, page, columns)
    rows = grid([tap(labels[one.id], ChooseSubgroup(student=one.id, subgroup=view.part.id)) for one in shown], columns)
    rows += pager(page, pages, lambda number: OpenSubgroup(subgroup=view.part.id, page=number))
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenClassSubgroups(school_class=view.class_id))]])


def choice(view: TransferChoice) -> Screen:
    """Where to, and from which day."""
    lines = [f"<b>{esc(view.student.usual)}</b>, {esc(view.class_name)}"]
    if view.now_in is not None:
        lines.append(_("Now in: {name}").format(name=esc(view.now_in.name)))
    day = words.day_and_month(view.since_on)
    lines += ["", _("The new subgroup counts from <b>{day}</b>. Earlier lessons stay as they are.").format(day=day)]
    rows = [
        [
            tap(
                shortened(f"→ {one.name}", LABEL),
                TransferStudent(student=view.student.id, subgroup=one.id, since=view.since_on.isoformat()),
            )
        ]
        for one in view.others
    ]
    back = (
        OpenSubgroup(subgroup=view.now_in.id, page=0) if view.now_in else OpenClassSubgroups(school_class=view.class_id)
    )
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def transferred(done: Transferred) -> Screen:
    """The subgroup with its new student."""
    note = _("{name}: here from {day}").format(name=esc(done.student.usual), day=words.day_and_month(done.since_on))
    return members(done.view, 0, note)


def transfer_toast(done: Transferred) -> str | None:
    """What a tap is answered with."""
    return _("Moved") if done.outcome is Outcome.SAVED else None


def _window_lines(window: Window) -> list[str]:
    if window.since_on is None:
        return [esc(window.refusal().say())]
    day = words.day_and_month(window.since_on)
    return [_("Transfers made now count from {day} ({clause}).").format(day=day, clause=esc(window.clause))]
