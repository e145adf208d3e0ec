"""«Замены»: a day's changes, an absent teacher's lessons, and who gives each of them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.arrangements import (
    AskLeaveKind,
    AskToCancel,
    ChooseMove,
    EndSubstitution,
    OpenArrangedDay,
    OpenArrangements,
    OpenChoice,
    OpenLeave,
    OpenLeaves,
    OpenSubstitutionJournal,
    OpenTeacherDay,
    OpenTeachers,
    PutDay,
    PutSubstitute,
    RestoreLesson,
)
from handlers.callbacks.family import OpenMenu
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens import names
from handlers.screens.lessons import heading, place
from services import reasons, words
from services.arrangements import Arranged, Conflict
from services.changes import Outcome
from services.i18n import gettext as _
from services.i18n import ngettext
from services.lessons import LessonTitle
from services.rules.short_names import Named, initials
from services.rules.substitutes import Candidate
from services.substitutions.views import (
    ArrangedDay,
    DayPut,
    DayReasonAsked,
    LessonChoice,
    NamesFound,
    ReasonAsked,
    SubstitutionPut,
    TeacherDay,
)
from storage.vocabulary import ChangeReason, LessonState, PersonId

LABEL = 30
SHOWN_CHANGES = 12
SHOWN_AWAY = 5
SUNDAY = 6


def day(view: ArrangedDay) -> Screen:
    """A day's changes, who is away, and the way to the absent teacher."""
    title = _("Substitutions")
    lines = [f"<b>{title}</b> · {words.day(view.on_date, view.today)}", ""]
    if view.changed:
        lines += [change_line(one) for one in view.changed[:SHOWN_CHANGES]]
        left = len(view.changed) - SHOWN_CHANGES
        if left > 0:
            lines.append(ngettext("and {count} more", "and {count} more", left).format(count=left))
    else:
        lines.append(_("All lessons are as in the timetable.") if view.teachers else _("No lessons on this day."))
    if view.teachers:
        lines += ["", _("Who is absent? Choose, or write the surname.")]
    on = view.on_date.isoformat()
    rows = [
        [tap(_away_label(one.person, one.uncovered), OpenTeacherDay(day=on, teacher=one.person.id))]
        for one in view.away[:SHOWN_AWAY]
    ]
    if view.teachers:
        rows.append([tap(_("Choose the absent teacher"), OpenTeachers(day=on, page=0))])
    rows.append(_turn(view.on_date, view.today))
    journal = OpenSubstitutionJournal(day=on, month=False, page=0)
    rows.append([tap(_("Absences"), OpenLeaves()), tap(_("Who substituted"), journal)])
    return Screen("\n".join(lines), [*rows, [tap(_("Menu"), OpenMenu())]])


def teachers(view: ArrangedDay, page: int) -> Screen:
    """Everybody who has lessons that day, a button each."""
    on = view.on_date.isoformat()
    title = _("Who is absent?")
    lines = [
        f"<b>{title}</b> · {words.day(view.on_date, view.today)}",
        _("Those who have lessons that day. A surname may be written too."),
    ]
    columns = names.columns_for(len(view.teachers))
    labels = names.labels(view.teachers, columns)
    shown, page, pages = page_of(view.teachers, page, columns)
    rows = grid([tap(labels[one.id], OpenTeacherDay(day=on, teacher=one.id)) for one in shown], columns)
    rows += pager(page, pages, lambda number: OpenTeachers(day=on, page=number))
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenArrangedDay(day=on))]])


def teacher_day(view: TeacherDay, note: str | None = None) -> Screen:
    """The lessons of an absent teacher's day, each with who gives it."""
    on, who = view.on_date.isoformat(), view.teacher.id
    lines = [f"<b>{esc(view.teacher.initials)}</b> · {words.day(view.on_date, view.today)}"]
    if view.leave is not None:
        lines.append(leave_words(view.leave.kind.value, view.leave.since_on, view.leave.until_on))
    lines.append("")
    lines += [_lesson_line(view, one) for one in view.lessons] or [_("No lessons on this day.")]
    if view.uncovered:
        lines += ["", _("Choose a lesson to arrange.")]
    if note:
        lines += ["", note]
    rows = [
        [tap(_label(one.title, _sign(view, one)), OpenChoice(lesson=one.title.lesson_id, absent=who))]
        for one in view.lessons
    ]
    rows += [
        [
            tap(
                shortened(_("Whole day: {name}").format(name=one.initials), LABEL),
                PutDay(day=on, absent=who, substitute=one.id, reason=None),
            )
        ]
        for one in view.for_all
    ]
    if len([one for one in view.uncovered if one.title.lesson_id in view.offers]) > 1:
        rows.append([tap(_("All as offered"), PutDay(day=on, absent=who, substitute=0, reason=None))])
    if view.leave is None:
        rows.append([tap(_("Enter an absence"), AskLeaveKind(person=who, since=on))])
    else:
        rows.append([tap(_("Absence"), OpenLeave(person=who))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenArrangedDay(day=on))]])


def choice(view: LessonChoice, note: str | None = None) -> Screen:
    """One lesson: who gives it, or it is cancelled or moved."""
    lesson = view.lesson
    lines = [*_head(lesson, view.today), "", *_standing_lines(view)]
    if lesson.held:
        lines += ["", _("Who gives it? Whoever teaches the subject comes first; another surname may be written.")]
    if note:
        lines += ["", note]
    ids = {"lesson": lesson.title.lesson_id, "absent": view.absent.id}
    seen = view.standing.id if view.standing else 0
    rows = [
        [
            tap(
                candidate_label(one),
                PutSubstitute(**ids, substitute=one.person.id, seen=seen, sure=False, reason=None),
            )
        ]
        for one in view.offered
    ]
    if view.standing is not None:
        rows.append([tap(_("Take the substitution back"), EndSubstitution(substitution=view.standing.id))])
    rows += state_rows(lesson)
    back = OpenTeacherDay(day=lesson.title.on_date.isoformat(), teacher=view.absent.id)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def substitution_put(put: SubstitutionPut) -> Screen:
    """The lesson as it stands after a tap; where somebody was faster, what stands instead."""
    note = None
    if put.outcome is Outcome.CHANGED:
        note = _("Somebody has arranged this lesson meanwhile: this is how it stands now.")
    return choice(put.choice, note)


def put_toast(put: SubstitutionPut) -> str | None:
    """What a tap is answered with."""
    if put.outcome is not Outcome.SAVED:
        return None
    if put.choice.standing is None:
        return _("The substitution is taken back")
    return _("Substitution: {name}").format(name=put.choice.standing.substitute.initials)


def reason_asked(view: ReasonAsked) -> Screen:
    """Why the teacher is absent, and whether the conflicts are meant."""
    lines = [*_head(view.lesson, view.today), ""]
    lines.append(f"{esc(view.absent.initials)} → <b>{esc(view.substitute.initials)}</b>")
    lines += conflict_lines(view.conflicts)
    ids = {
        "lesson": view.lesson.title.lesson_id,
        "absent": view.absent.id,
        "substitute": view.substitute.id,
        "seen": view.seen,
        "sure": True,
    }
    if view.reason is not None:
        rows = [[tap(_("Substitute all the same"), PutSubstitute(**ids, reason=view.reason))]]
    else:
        lines += ["", _("Why is the teacher absent? Choose, or write it.")]
        rows = reason_rows(reasons.OF_ABSENCE, lambda reason: PutSubstitute(**ids, reason=reason))
    back = OpenChoice(lesson=view.lesson.title.lesson_id, absent=view.absent.id)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def day_reason_asked(asked: DayReasonAsked) -> Screen:
    """Why the teacher is absent all day."""
    view, on = asked.day, asked.day.on_date.isoformat()
    lines = [f"<b>{esc(view.teacher.initials)}</b> · {words.day(view.on_date, view.today)}", ""]
    for one in view.uncovered:
        substitute = asked.substitute or view.offers.get(one.title.lesson_id)
        if substitute is not None:
            lines.append(f"{_short(one.title)} → {esc(substitute.initials)}")
    lines += ["", _("Why is the teacher absent? Choose, or write it.")]
    who = asked.substitute.id if asked.substitute else 0
    rows = reason_rows(
        reasons.OF_ABSENCE,
        lambda reason: PutDay(day=on, absent=view.teacher.id, substitute=who, reason=reason),
    )
    back = OpenTeacherDay(day=on, teacher=view.teacher.id)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def day_put(put: DayPut) -> Screen:
    """The day after all its lessons were given at once."""
    left = len(put.day.uncovered)
    note = ngettext("{count} lesson is arranged.", "{count} lessons are arranged.", put.put).format(count=put.put)
    if left:
        note += " " + ngettext("{count} still waits for somebody.", "{count} still wait for somebody.", left).format(
            count=left
        )
    return teacher_day(put.day, note)


def names_found(view: NamesFound) -> Screen:
    """Several people whom a typed surname may mean."""
    shown = view.people[:8]
    labels = names.labels(shown, 1)
    if view.lesson is None or view.absent is None:
        on = view.on_date.isoformat()
        rows = [[tap(labels[one.id], OpenTeacherDay(day=on, teacher=one.id))] for one in shown]
        back: CallbackData = OpenArrangedDay(day=on)
    else:
        ids = {"lesson": view.lesson.title.lesson_id, "absent": view.absent.id, "seen": view.seen}
        rows = [
            [tap(labels[one.id], PutSubstitute(**ids, substitute=one.id, sure=False, reason=None))] for one in shown
        ]
        back = OpenChoice(lesson=view.lesson.title.lesson_id, absent=view.absent.id)
    return Screen(_("Whom do you mean?"), [*rows, [tap(_("Back"), back)]])


def reason_rows(which: Sequence[ChangeReason], button: Callable[[ChangeReason], CallbackData]) -> list[list[Button]]:
    """The reasons that a button says, two a row."""
    labels = {one: reasons.said(one.value) for one in which}
    return grid([tap(shortened(text[:1].upper() + text[1:], 16), button(one)) for one, text in labels.items()], 2)


def conflict_lines(conflicts: Sequence[Conflict]) -> list[str]:
    """What stands in the way, a line each."""
    return [
        "⚠️ " + _("{whose}: {lesson} at that time").format(whose=esc(one.whose), lesson=_short(one.lesson))
        for one in conflicts
    ]


def state_rows(lesson: Arranged) -> list[list[Button]]:
    """Cancel and move, or bring back."""
    ident = lesson.title.lesson_id
    if lesson.held:
        return [[tap(_("Cancel lesson"), AskToCancel(lesson=ident)), tap(_("Move"), ChooseMove(lesson=ident))]]
    return [[tap(_("Restore the lesson"), RestoreLesson(lesson=ident))]]


def change_line(lesson: Arranged) -> str:
    """A changed lesson in a day's list, safe as HTML."""
    head = _short(lesson.title)
    if lesson.state is LessonState.CANCELLED:
        return "✖️ " + _("{lesson}: cancelled ({reason})").format(lesson=head, reason=esc(reasons.said(lesson.reason)))
    if lesson.state is LessonState.MOVED:
        return "→ " + _("{lesson}: moved to {where} ({reason})").format(
            lesson=head, where=_where(lesson.moved_to), reason=esc(reasons.said(lesson.reason))
        )
    if lesson.substitutions:
        pairs = ", ".join(f"{_brief(one.absent)} → {_brief(one.substitute)}" for one in lesson.substitutions)
        return f"👥 {head}: {pairs}"
    return "↘ " + _("{lesson}: moved here from {where}").format(lesson=head, where=_where(lesson.moved_from))


def head(lesson: Arranged, today: date) -> list[str]:
    """What names a lesson on a screen about it."""
    return _head(lesson, today)


def leave_words(kind: str, since_on: date, until_on: date | None) -> str:
    """«болезнь с 8 сентября до 11 сентября включительно»."""
    said = reasons.leave(kind)
    since = words.day_and_month(since_on)
    if until_on is None:
        return _("Absent ({kind}) since {since}").format(kind=said, since=since)
    if until_on - since_on == timedelta(days=1):
        return _("Absent ({kind}) on {since}").format(kind=said, since=since)
    last = words.day_and_month(until_on - timedelta(days=1))
    return _("Absent ({kind}) from {since} to {last}").format(kind=said, since=since, last=last)


def candidate_label(one: Candidate) -> str:
    """A free teacher on a button, with why they come first."""
    why = _("the subject") if one.subject else _("the class") if one.of_class else ""
    name = one.person.initials
    return shortened(f"{name} · {why}" if why else name, LABEL)


def _standing_lines(view: LessonChoice) -> list[str]:
    lesson = view.lesson
    if lesson.state is LessonState.CANCELLED:
        return ["✖️ " + _("Cancelled: {reason}").format(reason=esc(reasons.said(lesson.reason)))]
    if lesson.state is LessonState.MOVED:
        where = _where(lesson.moved_to)
        return ["→ " + _("Moved to {where}: {reason}").format(where=where, reason=esc(reasons.said(lesson.reason)))]
    lines = [_("By the timetable: {name}").format(name=esc(view.absent.initials))]
    if view.standing is not None:
        name = esc(view.standing.substitute.initials)
        reason = esc(reasons.said(view.standing.reason))
        lines.append(_("Substitute: <b>{name}</b> ({reason})").format(name=name, reason=reason))
    if lesson.moved_from is not None:
        lines.append(_("Moved here from {where}").format(where=_where(lesson.moved_from)))
    return lines


def _head(lesson: Arranged, today: date) -> list[str]:
    return [heading(lesson.title), f"{place(lesson.title)} · {words.day(lesson.title.on_date, today)}"]


def _lesson_line(view: TeacherDay, lesson: Arranged) -> str:
    who = PersonId(view.teacher.id)
    text = f"{_sign(view, lesson)} {lesson.title.starts_at:%H:%M} · {_short(lesson.title)}"
    if not lesson.held:
        return text + ": " + (_("cancelled") if lesson.state is LessonState.CANCELLED else _("moved"))
    standing, taken = lesson.of(who), lesson.by(who)
    if standing is not None:
        return f"{text} → {_brief(standing.substitute)}"
    if taken is not None:
        text += " " + _("(instead of {name})").format(name=_brief(taken.absent))
    offer = view.offers.get(lesson.title.lesson_id)
    return text + (" · " + _("free: {name}").format(name=_brief(offer)) if offer else " · " + _("nobody is free"))


def _sign(view: TeacherDay, lesson: Arranged) -> str:
    if not lesson.held:
        return "✖️"
    return "▫" if view.is_open(lesson) else "✅"


def _label(title: LessonTitle, sign: str) -> str:
    return shortened(f"{sign} {title.slot} · {title.audience} {title.subject}", LABEL)


def _short(title: LessonTitle) -> str:
    return esc(f"{title.slot} · {title.audience} {title.subject}")


def _where(title: LessonTitle | None) -> str:
    if title is None:
        return _("another day")
    return _("{day}, lesson {slot}").format(day=words.weekday(title.on_date), slot=title.slot)


def _brief(person: Named) -> str:
    return esc(initials(person.last, person.first))


def _away_label(person: Named, uncovered: int) -> str:
    sign = "▫" if uncovered else "✅"
    more = f" · {uncovered}" if uncovered else ""
    return shortened(f"{sign} {person.initials}{more}", LABEL)


def _turn(on_date: date, today: date) -> list[Button]:
    before, after = on_date - timedelta(days=1), on_date + timedelta(days=1)
    before -= timedelta(days=before.weekday() == SUNDAY)
    after += timedelta(days=after.weekday() == SUNDAY)
    turn = [tap(f"← {words.short_day(before)}", OpenArrangedDay(day=before.isoformat()))]
    if on_date != today:
        turn.append(tap(_("Today"), OpenArrangements()))
    return [*turn, tap(f"{words.short_day(after)} →", OpenArrangedDay(day=after.isoformat()))]


def arranged(put: SubstitutionPut | ReasonAsked | DayPut | DayReasonAsked) -> Screen:
    """What a tap on a substitute, or a typed name or reason, came to."""
    match put:
        case SubstitutionPut():
            return substitution_put(put)
        case ReasonAsked():
            return reason_asked(put)
        case DayPut():
            return day_put(put)
        case DayReasonAsked():
            return day_reason_asked(put)
