"""What an aSc export holds, counted, and what its lessons lack, by row. Pure."""

from collections import Counter
from collections.abc import Sequence

from services.i18n import gettext as _
from services.imports.asc_types import AscCard, AscFile, AscLesson
from services.imports.report import Found, Place, Report
from services.imports.staff import initials

UNREGISTERED = 10
"""Cards or lessons in an export of an aSc that isn't registered."""


def describe(file: AscFile, cards: Sequence[AscCard], report: Report) -> None:
    """Fills the report with the counts of the file and the gaps of its lessons."""
    report.found += _counts(file, cards)
    if file.counts["cards"] == UNREGISTERED or file.counts["lessons"] == UNREGISTERED:
        report.warn(
            Place(),
            _("The file has exactly ten cards or lessons: an unregistered aSc exports no more."),
            _("Compare it with the timetable; if it is cut, export from a registered aSc or from its online version."),
        )
    carded = {card.lesson.id for card in file.cards}
    for lesson in file.lessons.values():
        title = _title(file, lesson)
        if not lesson.class_ids:
            report.warn(
                Place(row=lesson.line),
                _("The lesson “{title}” is of no class: it makes no journal.").format(title=title),
                _("Give it classes in aSc if it is taught."),
            )
        if lesson.id not in carded:
            report.warn(
                Place(row=lesson.line),
                _("The lesson “{title}” has no cards: it stands nowhere in the week.").format(title=title),
                _("Place it in aSc."),
            )
        if not lesson.teacher_ids:
            report.warn(
                Place(row=lesson.line),
                _("The lesson “{title}” has no teacher: nobody can record it.").format(title=title),
                _("Give it a teacher in aSc."),
            )
    students = file.counts["students"]
    if students:
        report.notes.append(
            _("The file's {count} students are not taken: lists come with ./zvonok import roster").format(
                count=students
            )
        )


def _counts(file: AscFile, cards: Sequence[AscCard]) -> list[Found]:
    lessons = list(file.lessons.values())
    carded = Counter(card.lesson.id for card in file.cards)
    parts = {ident for ident, group in file.groups.items() if not group.entire}
    used = {ident for lesson in lessons for ident in lesson.group_ids} & parts
    partly = sum(len(card.weeks) < file.week_count for card in file.cards)
    termed = sum(len(card.terms) < file.term_count for card in file.cards)
    names = {subject.name.casefold() for subject in file.subjects.values()}
    return [
        Found(_("Bells"), file.counts["periods"]),
        Found(_("Classes"), file.counts["classes"]),
        Found(_("Teachers"), file.counts["teachers"], _note(_("vacancies: {count}"), len(file.vacancies))),
        Found(_("Rooms"), file.counts["classrooms"]),
        Found(
            _("Subjects"),
            file.counts["subjects"],
            _("different names: {count}").format(count=len(names)) if len(names) < len(file.subjects) else "",
        ),
        Found(_("Groups"), file.counts["groups"], _("parts of classes in lessons: {count}").format(count=len(used))),
        Found(_("Lessons"), file.counts["lessons"]),
        Found(_("– with several teachers"), sum(len(one.teacher_ids) > 1 for one in lessons)),
        Found(_("– with several classes"), sum(len(one.class_ids) > 1 for one in lessons)),
        Found(_("– of subgroups"), sum(bool(parts.intersection(one.group_ids)) for one in lessons)),
        Found(_("– double and longer"), sum(one.per_card > 1 for one in lessons)),
        Found(_("– without cards"), sum(not carded[one.id] for one in lessons)),
        Found(_("– without a teacher"), sum(not one.teacher_ids for one in lessons)),
        Found(_("– without a class"), sum(not one.class_ids for one in lessons)),
        Found(_("Cards"), file.counts["cards"], _note(_("by lessons of one slot: {count}"), _more(cards, file))),
        Found(_("– of lessons without a class"), sum(not card.lesson.class_ids for card in file.cards)),
        Found(_("– in some weeks only"), partly, _("weeks in the cycle: {count}").format(count=file.week_count)),
        Found(_("– in some terms only"), termed, _("terms: {count}").format(count=file.term_count)),
    ]


def _more(cards: Sequence[AscCard], file: AscFile) -> int:
    return len(cards) if len(cards) > len(file.cards) else 0


def _note(text: str, count: int) -> str:
    return text.format(count=count) if count else ""


def _title(file: AscFile, lesson: AscLesson) -> str:
    """«Алгебра, 7Б, Иванова М. П.»; many classes or teachers are cut short."""
    classes = [file.classes[ident].name for ident in lesson.class_ids]
    teachers = [initials(file.teachers[ident].name) for ident in lesson.teacher_ids]
    parts = [file.subjects[lesson.subject_id].name, _some(classes), _some(teachers)]
    return ", ".join(part for part in parts if part)


def _some(names: Sequence[str]) -> str:
    return " ".join(names[:3]) + (" …" if len(names) > 3 else "")
