"""The journal of the own class, to read only: subjects, a term by name, one student, lessons."""

from handlers.callbacks.homeroom import OpenClass
from handlers.callbacks.my_class import OpenClassJournal, OpenClassLessons, OpenClassStudent, OpenClassTerm
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens import journal as journal_screens
from handlers.screens.names import WIDTHS, labels
from services import words
from services.class_journal import ClassSubject, ClassSubjects, LessonSeen, SubjectLessons
from services.finals.grid import scope_words
from services.finals.sheets import Place
from services.i18n import gettext as _
from services.journal import StudentLine, StudentTerm, TermJournal
from services.rules.short_names import initials
from storage.vocabulary import ClassId

LESSONS_A_PAGE = 6
SHOWN_TEXT = 160


def subjects(view: ClassSubjects, page: int) -> Screen:
    """All that the class is taught."""
    title = _("Class journal")
    lines = [f"<b>{esc(view.name)}</b> · {title}", _("To read only: the record is entered by the lesson's teachers.")]
    if not view.subjects:
        lines.append(_("The class has no lessons yet."))
    shown, page, pages = page_of(view.subjects, page, 1)
    rows = [[tap(shortened(one.title, WIDTHS[1]), _opens(view.class_id, one))] for one in shown]
    rows += pager(page, pages, lambda other: OpenClassJournal(school_class=view.class_id, page=other))
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenClass(school_class=view.class_id))]])


def term(view: TermJournal, page: int) -> Screen:
    """A subject's term: averages, proposals, how many marks."""
    wire = _wire(view.place)
    shown, page, pages = page_of(view.lines, page, 1)
    beside = {one.name.id: journal_screens.beside(one, view.wanted) for one in view.lines}
    short = labels([one.name for one in view.lines], 1, taken=max(map(len, beside.values()), default=0))

    def student_of(one: StudentLine) -> Button:
        return tap(short[one.name.id] + beside[one.name.id], OpenClassStudent(**wire, student=one.name.id, page=page))

    rows = [[student_of(one)] for one in shown]
    rows.append([tap(_("Topics and homework"), OpenClassLessons(**wire, page=0))])
    other_terms = [
        tap(
            words.term_scope_button(one.scope.kind, one.term_kind, one.ordinal),
            OpenClassTerm(**{**wire, "term": one.scope.number}, page=0),
        )
        for one in view.terms
        if one.scope != view.span.scope
    ]
    rows += grid(other_terms, 3)
    turning = pager(page, pages, lambda other: OpenClassTerm(**wire, page=other))
    back = tap(_("Back"), OpenClassJournal(school_class=view.place.class_id, page=0))
    rows.append([*(turning[0] if turning else []), back])
    lines = [
        f"<b>{esc(view.audience)} · {esc(view.subject)}</b>, {scope_words(view.span)}",
        _("Beside a name: average → proposal · marks of {count} asked for ({clause}).").format(
            count=view.wanted, clause=esc(view.clause)
        ),
    ]
    return Screen("\n".join(lines), rows)


def student(view: StudentTerm, page: int) -> Screen:
    """One student's marks of the term."""
    text = journal_screens.student(view, page).text
    return Screen(text, [[tap(_("Back"), OpenClassTerm(**_wire(view.place), page=page))]])


def lessons(view: SubjectLessons, page: int) -> Screen:
    """Lessons, the newest first: topic, homework, who was absent and why."""
    lines = [f"<b>{esc(view.audience)} · {esc(view.subject)}</b>"]
    if not view.lessons:
        lines.append(_("No lessons in this term yet."))
    shown, page, pages = page_of(view.lessons, page, 1, LESSONS_A_PAGE)
    for one in shown:
        lines += ["", *_lesson(one, graded=view.graded)]
    wire = _wire(view.place)
    rows = pager(page, pages, lambda other: OpenClassLessons(**wire, page=other))
    back = OpenClassTerm(**wire, page=0) if view.graded else OpenClassJournal(school_class=view.place.class_id, page=0)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def _lesson(one: LessonSeen, *, graded: bool) -> list[str]:
    topic = _("no topic") if one.topic is None else esc(shortened(one.topic, SHOWN_TEXT))
    lines = [f"<b>{words.weekday(one.on_date)}</b> · {topic}"]
    if graded:
        homework = "▫" if one.homework is None else esc(shortened(one.homework, SHOWN_TEXT)) or _("not given")
        lines.append(_("Homework: {text}").format(text=homework))
    if one.absent:
        names = ", ".join(
            f"{esc(initials(there.student.last, there.student.first))} ({words.reason_letter(there.reason)})"
            for there in one.absent
        )
        lines.append(_("Absent: {names}").format(names=names))
    return lines


def _opens(class_id: ClassId, one: ClassSubject) -> OpenClassTerm | OpenClassLessons:
    wire = {
        "school_class": class_id,
        "subgroup": one.subgroup_id or 0,
        "subject": one.subject_id,
        "term": one.term_id,
    }
    return OpenClassTerm(**wire, page=0) if one.graded else OpenClassLessons(**wire, page=0)


def _wire(place: Place) -> dict[str, int]:
    return {
        "school_class": place.class_id,
        "subgroup": place.subgroup_id or 0,
        "subject": place.subject_id,
        "term": place.scope.number,
    }
