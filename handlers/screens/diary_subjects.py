"""The diary's subjects: the list with averages, one subject's marks, its topics."""

from collections.abc import Sequence
from decimal import Decimal

from handlers.callbacks.diary import (
    OpenChildAbsences,
    OpenResults,
    OpenSubject,
    OpenSubjects,
    OpenSubjectTopics,
    OpenYear,
    SendTermPicture,
)
from handlers.callbacks.family import OpenMenu
from handlers.screen import ROWS_OF_NAMES, Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.diary import absence
from handlers.screens.diary_rows import children_rows, first_fitting, heading, term_rows, term_words
from handlers.screens.names import WIDTHS as NAME_WIDTHS
from services import words
from services.diary import DiaryTerm, GivenMark, SubjectLesson, SubjectLine, SubjectsView, SubjectView
from services.i18n import gettext as _
from services.i18n import ngettext
from services.letters.typeset import cut, in_sentence
from services.rules.places import Place

WIDTHS = (300, 150, 60, 25)
MARKS_A_PAGE = 12
TOPICS_A_PAGE = 8
TOPICS_LATELY = 3


def subjects(view: SubjectsView) -> Screen:
    """A child's subjects in a term, each with its average; each opens its marks."""
    term, child = view.terms.chosen, view.opened.child.id
    title = heading(view.opened, esc(term_words(term, view.terms)), term.class_name)

    def text(width: int) -> str:
        lines = [_subject_line(one, width, marks=term.takes_marks) for one in view.subjects]
        if not lines:
            lines = [_("There were no lessons in this term yet.")]
        elif not term.takes_marks:
            lines.insert(0, _("There are no marks in this class. Tap a subject for its topics."))
        place = [] if view.place is None else [_place(view.place)]
        return "\n\n".join([title, *place, "\n".join(lines)])

    columns = 1 if len(view.subjects) <= ROWS_OF_NAMES // 2 else 2
    opens = OpenSubject if term.takes_marks else OpenSubjectTopics
    shown, _page, _pages = page_of(view.subjects, 0, columns, rows=12)
    buttons = (
        tap(shortened(one.name, NAME_WIDTHS[columns]), opens(student=child, subject=one.id, term=term.id, page=0))
        for one in shown
    )
    past = view.terms.year_after is not None
    results = OpenYear(student=child, term=term.id) if past else OpenResults(student=child)
    rows = [
        *grid(buttons, columns),
        *term_rows(view.terms, lambda one: OpenSubjects(student=child, term=one.id)),
        *children_rows(view.opened.child, view.opened.children, lambda one: OpenSubjects(student=one.id, term=0)),
        [
            tap(_("Missed lessons"), OpenChildAbsences(student=child, term=term.id, page=0)),
            tap(_("Picture"), SendTermPicture(student=child, term=term.id)),
        ],
        [tap(_("Results"), results), tap(_("Menu"), OpenMenu())],
    ]
    return Screen(first_fitting(text, WIDTHS), rows)


def _subject_line(one: SubjectLine, width: int, *, marks: bool) -> str:
    name = esc(cut(one.name, width))
    if not marks:
        return name
    if one.average is None:
        said = _("no average yet") if one.marks else _("no marks yet")
        return f"{name} — <b>{esc(one.issued)}</b>, {said}" if one.issued is not None else f"{name} — {said}"
    average = words.average(one.average)
    if one.issued is not None:
        return f"{name} — <b>{esc(one.issued)}</b>, " + _("average {average}").format(average=average)
    comes_to = f", {_comes_to(one.proposal)}" if one.proposal is not None else ""
    return f"{name} — <b>{average}</b>{comes_to} {_count(one.marks)}"


def _count(marks: int) -> str:
    return ngettext("({count} mark)", "({count} marks)", marks).format(count=marks)


def _comes_to(proposal: str) -> str:
    return _("comes to {mark}").format(mark=proposal)


def _place(place: Place) -> str:
    where = str(place.first) if place.first == place.last else f"{place.first}–{place.last}"
    return _("Place in the class by average {average}: {place} of {count}").format(
        average=words.average(place.average), place=where, count=place.of
    )


def subject(view: SubjectView, page: int) -> Screen:
    """A subject's marks in a term: average, forecast, and each mark with its kind, day and comment."""
    shown, page, pages = page_of(view.marks, page, 1, rows=MARKS_A_PAGE)

    def text(width: int) -> str:
        marks = [_mark(one, width) for one in shown] or [_("No marks in this term yet.")]
        lately = [] if page else _lately(view, width)
        return "\n\n".join([_title(view, page, pages), _summary(view), "\n".join(marks), *lately])

    child, term = view.opened.child.id, view.terms.chosen.id
    other = tap(_("Topics, homework"), OpenSubjectTopics(student=child, subject=view.id, term=term, page=0))
    turn = pager(page, pages, lambda to: OpenSubject(student=child, subject=view.id, term=term, page=to))
    return Screen(first_fitting(text, WIDTHS), _subject_rows(view, other, turn, OpenSubject))


def topics(view: SubjectView, page: int) -> Screen:
    """A subject's lessons in a term: topics, homework, absences."""
    shown, page, pages = page_of(view.lessons, page, 1, rows=TOPICS_A_PAGE)

    def text(width: int) -> str:
        lessons = [_topic(one, width) for one in shown] or [_("Nothing has been entered in this term yet.")]
        return "\n\n".join([_title(view, page, pages), *lessons])

    child, term = view.opened.child.id, view.terms.chosen.id
    other = tap(_("Marks"), OpenSubject(student=child, subject=view.id, term=term, page=0))
    turn = pager(page, pages, lambda to: OpenSubjectTopics(student=child, subject=view.id, term=term, page=to))
    return Screen(first_fitting(text, WIDTHS), _subject_rows(view, other, turn, OpenSubjectTopics))


def _title(view: SubjectView, page: int, pages: int) -> str:
    term = view.terms.chosen
    subject_name = esc(cut(in_sentence(view.name), 80))
    title = heading(view.opened, f"{subject_name}, {esc(term_words(term, view.terms))}", term.class_name)
    return f"{title}\n" + _("Page {page} of {pages}").format(page=page + 1, pages=pages) if pages > 1 else title


def _summary(view: SubjectView) -> str:
    lines = []
    if view.issued is not None:
        lines.append(_("For the term: {mark}").format(mark=f"<b>{esc(words.term_mark(view.issued))}</b>"))
    lines += _average(view.average, view.proposal if view.issued is None else None)
    if view.forecast is not None:
        lines.append(_("Forecast — {forecast}").format(forecast=words.forecast(view.forecast)))
    missed = []
    if view.absent:
        missed.append(_("lessons missed: {count}").format(count=view.absent))
    if view.late:
        missed.append(_("late: {count}").format(count=view.late))
    if missed:
        said = ", ".join(missed)
        lines.append(said[:1].upper() + said[1:])
    return "\n".join(lines) or _("No absences.")


def _average(average: Decimal | None, proposal: str | None) -> list[str]:
    if average is None:
        return []
    said = _("Average {average}").format(average=f"<b>{words.average(average)}</b>")
    return [said if proposal is None else f"{said}, {_comes_to(proposal)}"]


def _mark(one: GivenMark, width: int) -> str:
    line = f"<b>{esc(one.value)}</b> · {words.work_kind(one.kind, one.ordinal)}, {words.weekday(one.on_date)}"
    return f"{line}\n{esc(cut(one.comment, width))}" if one.comment else line


def _lately(view: SubjectView, width: int) -> list[str]:
    """The last topics, below the newest marks."""
    given = [(one.on_date, one.topic) for one in view.lessons if one.topic][:TOPICS_LATELY]
    lines = [f"<i>{words.weekday(on)}</i> — {esc(cut(topic, width))}" for on, topic in given]
    return ["\n".join([_("Topics lately:"), *lines])] if lines else []


def _topic(one: SubjectLesson, width: int) -> str:
    head = f"<i>{words.weekday(one.on_date)}</i>"
    lines = [f"{head} — {esc(cut(one.topic, width))}" if one.topic else head]
    if one.given:
        way = f" ({words.homework_way(one.way)})" if one.way is not None else ""
        lines.append(_("Given: {text}").format(text=esc(cut(one.given, width)) + way))
    elif one.given == "":
        lines.append(_("No homework given"))
    if one.own:
        lines.append(_("Given individually: {text}").format(text=esc(cut(one.own, width))))
    if one.absence is not None:
        lines.append(absence(one.absence))
    return "\n".join(lines)


def _subject_rows(
    view: SubjectView,
    other: Button,
    turn: Sequence[Sequence[Button]],
    opens: type[OpenSubject] | type[OpenSubjectTopics],
) -> list[Sequence[Button]]:
    child = view.opened.child.id

    def of_term(term: DiaryTerm) -> OpenSubject | OpenSubjectTopics:
        return opens(student=child, subject=view.id, term=term.id, page=0)

    marks = view.terms.chosen.takes_marks
    return [
        *turn,
        *([[other]] if marks or opens is OpenSubject else []),
        *term_rows(view.terms, of_term),
        *children_rows(view.opened.child, view.opened.children, lambda one: OpenSubjects(student=one.id, term=0)),
        [tap(_("Subjects"), OpenSubjects(student=child, term=view.terms.chosen.id)), tap(_("Menu"), OpenMenu())],
    ]
