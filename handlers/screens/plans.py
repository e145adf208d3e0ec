"""«Планы»: how far each class is, and a plan topic by topic."""

from collections.abc import Sequence

from handlers.callbacks.family import OpenMenu
from handlers.callbacks.plans import OpenPlan, OpenPlans
from handlers.screen import Screen, esc, page_of, pager, shortened, tap
from services import words
from services.i18n import gettext as _
from services.i18n import ngettext
from services.plans import PlanLine, PlannedLine, PlanView

LABEL = 30
TITLE = 90
WORKS_AHEAD = 3


def plans(lines: Sequence[PlanLine], page: int = 0) -> Screen:
    """What a teacher teaches, a button each with «34/31»: lessons by the plan and given."""
    title = _("Plans")
    text = [f"<b>{title}</b>"]
    if not lines:
        text.append(_("You teach nothing this year."))
    elif any(one.lag is not None for one in lines):
        text.append(_("By the plan / given, in lessons by today."))
    shown, page, pages = page_of(lines, page, 1)
    rows = [[tap(_label(one), _of(one))] for one in shown]
    turn = pager(page, pages, lambda other: OpenPlans(page=other))
    return Screen("\n".join(text), [*rows, [*(turn[0] if turn else []), tap(_("Menu"), OpenMenu())]])


def plan(view: PlanView, page: int, *, here: bool = False) -> Screen:
    """A page of the plan, the one where the class is if `here`; hours, lag, and the works ahead."""
    lines = [f"<b>{esc(view.line.audience)} · {esc(view.line.subject)}</b>"]
    lag = view.line.lag
    if lag is None:
        lines.append(_("There is no plan ({clause}). The administrator imports it.").format(clause=esc(view.clause)))
        return Screen("\n".join(lines), [[tap(_("Back"), OpenPlans(page=0))]])
    lines.append(_("Plan {planned} / given {given}").format(planned=lag.planned, given=lag.given))
    if lag.behind:
        lines[-1] += " · " + ngettext("{count} lesson behind", "{count} lessons behind", lag.behind).format(
            count=lag.behind
        )
    lines.append(_hours(view))
    if view.beside:
        lines.append(_("Beside the plan: {count}").format(count=view.beside))
    if view.ahead:
        lines += ["", _("Ahead:")]
        lines += [
            f"{one.ordinal}. {esc(shortened(one.title, TITLE))} — "
            + ngettext("after {count} lesson", "after {count} lessons", one.lessons).format(count=one.lessons)
            for one in view.ahead[:WORKS_AHEAD]
        ]
    wanted = view.here // 8 if here else page
    shown, page, pages = page_of(view.topics, wanted, 1)
    lines += ["", *(_topic(one) for one in shown)]
    if pages > 1:
        lines.append(_("Page {page} of {pages}").format(page=page + 1, pages=pages))
    turn = pager(page, pages, lambda other: _of(view.line, other))
    back = tap(_("Back"), OpenPlans(page=0))
    return Screen("\n".join(lines), [[*(turn[0] if turn else []), back]])


def _hours(view: PlanView) -> str:
    if view.by_timetable:
        said = _("Hours in the plan: {hours}, by the timetable: {curriculum}")
    else:
        said = _("Hours in the plan: {hours}, by the curriculum: {curriculum}")
    return said.format(hours=view.hours, curriculum=view.curriculum)


def _topic(one: PlannedLine) -> str:
    sign = "✅" if one.given_on else ("👉" if one.comes_next else "▫")
    line = f"{sign} {one.ordinal}. {esc(shortened(one.title, TITLE))}"
    if one.hours > 1:
        line += " · " + _("{hours} h").format(hours=one.hours)
    if one.given_on:
        line += " · " + ", ".join(words.day_and_month(day) for day in one.given_on[:3])
    return f"<b>{line}</b>" if one.comes_next else line


def _label(one: PlanLine) -> str:
    tail = f" · {one.lag.planned}/{one.lag.given}" if one.lag is not None else " · —"
    return shortened(f"{one.audience} {one.subject}", LABEL - len(tail)) + tail


def _of(one: PlanLine, page: int | None = None) -> OpenPlan:
    return OpenPlan(
        school_class=one.class_id,
        subgroup=one.subgroup_id or 0,
        subject=one.subject_id,
        page=page or 0,
        here=page is None,
    )
