"""The homework's screen: text, files, the way of doing, and whom it is for."""

from handlers.callbacks.homework import (
    ChooseStudent,
    ChooseWay,
    DropPersonal,
    OpenChosen,
    RemoveFiles,
    SameHomework,
    ShowFiles,
    TakeBackPersonal,
    TypeForChosen,
)
from handlers.callbacks.lessons import NoHomework, OpenHomework, OpenLesson
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.lessons import heading, lesson_card, names, place
from handlers.screens.names import columns_for, labels
from services import words
from services.changes import Outcome
from services.homework import FilesPut
from services.i18n import gettext as _
from services.i18n import ngettext
from services.personal_homework import ChosenSheet, ChosenStudent, PersonalPut
from services.records import HomeworkChoice
from storage.vocabulary import HomeworkWay

QUOTED = 300
NAMED = 8


def homework_choice(choice: HomeworkChoice, note: str | None = None) -> Screen:
    """What stands, what was given last time, and the ways to say what is given now; a typed text is awaited."""
    lines = [f"{heading(choice.title)}, {place(choice.title)}"]
    if choice.current is not None:
        lines.append(_("Now: {text}").format(text=_said(choice.current.value, choice.current.way, choice.files)))
    if choice.personal:
        lines.append(personal_count(choice.personal))
    if choice.last is not None:
        last = _said(choice.last.text, choice.last.way, choice.last.files)
        lines.append(_("Last time, {day}: {text}").format(day=words.day_and_month(choice.last.on_date), text=last))
    lines.append(_("Type the homework: what, how, pages, numbers. A photo or a file will do as well."))
    if choice.due_at is not None:
        lines.append(
            _("It is on time until {hour}, {clause}.").format(hour=f"{choice.due_at:%H:%M}", clause=esc(choice.clause))
        )
    if note:
        lines += ["", note]
    return Screen("\n".join(lines), _choice_rows(choice))


def files_put(put: FilesPut) -> Screen:
    """How many files are attached, and to what; more may follow."""
    lines = [
        f"{heading(put.title)}, {place(put.title)}",
        _said(put.text, None, put.files),
        _("More files may follow, or the text of the homework."),
    ]
    if put.outcome is Outcome.CHANGED:
        lines.append(_("A colleague has changed the text meanwhile. To replace it send yours once more."))
    lesson = put.title.lesson_id
    rows = [
        [tap(_("Done"), OpenLesson(lesson=lesson))],
        [tap(_("Remove files"), RemoveFiles(lesson=lesson, up_to=put.last_file))],
    ]
    return Screen("\n".join(lines), rows)


def students_choice(sheet: ChosenSheet, page: int = 0) -> Screen:
    """A page of names; each button wants the other state of its student."""
    students = list(sheet.students)
    columns = columns_for(len(students))
    shown, page, pages = page_of(students, page, columns)
    short = labels([one.name for one in students], columns, taken=3)
    lesson = sheet.title.lesson_id
    rows = grid((_student(lesson, one, short[one.name.id], page) for one in shown), columns)
    chosen = sheet.chosen
    if chosen:
        foot = [tap(_("Type it"), TypeForChosen(lesson=lesson))]
        if any(one.homework for one in chosen):
            foot.append(tap(_("Take back"), DropPersonal(lesson=lesson)))
        rows.append(foot)
    turn = pager(page, pages, lambda other: OpenChosen(lesson=lesson, page=other))
    rows.append([*(turn[0] if turn else []), tap(_("Back"), OpenHomework(lesson=lesson))])
    lines = [heading(sheet.title), _("Tap those who get homework of their own.")]
    if any(one.homework for one in students):
        lines.append(_("📌 has some already."))
    if chosen:
        lines.append(_("Chosen {count}: {names}").format(count=len(chosen), names=names([one.name for one in chosen])))
    lines += [f"📌 {names([one.name])}: {esc(shortened(one.homework, QUOTED // 3))}" for one in chosen if one.homework]
    return Screen("\n".join(lines), rows)


def typing_for(sheet: ChosenSheet) -> Screen:
    """Whom the text that is awaited now is for."""
    chosen = [one.name for one in sheet.chosen]
    lines = [
        heading(sheet.title),
        _("Type the homework for: {names}").format(names=names(chosen)),
        _("Only their families will see it. The homework of all stays as it is."),
    ]
    return Screen("\n".join(lines), [[tap(_("Back"), OpenChosen(lesson=sheet.title.lesson_id, page=0))]])


def personal_put(put: PersonalPut) -> Screen:
    """The card after homework for chosen students; who was faster is named."""
    if put.outcome is Outcome.CHANGED:
        lines = [
            heading(put.card.title),
            _("{author} has changed the homework of one of them meanwhile.").format(author=esc(put.author)),
            _("To replace it send your text once more."),
        ]
        back = OpenChosen(lesson=put.card.title.lesson_id, page=0)
        return Screen("\n".join(lines), [[tap(_("Back"), back)]])
    undo = None
    if put.put_at is not None and put.outcome is Outcome.SAVED:
        undo = TakeBackPersonal(lesson=put.card.title.lesson_id, put_at=put.put_at, revs=put.revs)
    return lesson_card(put.card, esc(personal_toast(put)), undo)


def personal_toast(put: PersonalPut) -> str:
    """What became of it, in a line."""
    if put.outcome is Outcome.ALREADY:
        return _("Already saved.")
    who = ", ".join(one.usual for one in put.students[:NAMED]) + ("…" if len(put.students) > NAMED else "")
    if put.text is None:
        return _("Taken back: {names}").format(names=who)
    return _("Homework saved for: {names}").format(names=who)


def personal_count(count: int) -> str:
    """«+ 2 индивидуальных»."""
    return ngettext("+ {count} individual", "+ {count} individual", count).format(count=count)


def _said(text: str, way: HomeworkWay | None, files: int) -> str:
    said = esc(shortened(text, QUOTED)) if text else _("none set")
    if way is not None:
        said += f" ({words.homework_way(way)})"
    return said + (f" 📎 {files}" if files else "")


def _choice_rows(choice: HomeworkChoice) -> list[list[Button]]:
    lesson = choice.title.lesson_id
    rows = [[tap(_("None set"), NoHomework(lesson=lesson, seen=choice.rev))]]
    if choice.last is not None:
        same = SameHomework(lesson=lesson, source=choice.last.lesson_id, seen=choice.rev)
        rows.append([tap(_("As last time"), same)])
    ways = [
        tap(("• " if way is choice.way else "") + _capital(words.homework_way(way)), _way(choice, way))
        for way in HomeworkWay
    ]
    rows += [ways[:3], ways[3:], [tap(_("To chosen students"), OpenChosen(lesson=lesson, page=0))]]
    if choice.files:
        rows.append(
            [
                tap(f"📎 {choice.files}", ShowFiles(lesson=lesson)),
                tap(_("Remove files"), RemoveFiles(lesson=lesson, up_to=choice.last_file)),
            ]
        )
    return [*rows, [tap(_("Back"), OpenLesson(lesson=lesson))]]


def _way(choice: HomeworkChoice, way: HomeworkWay) -> ChooseWay:
    return ChooseWay(lesson=choice.title.lesson_id, way=way, seen=choice.rev)


def _student(lesson: int, one: ChosenStudent, label: str, page: int) -> Button:
    sign = "✅ " if one.chosen else ("📌 " if one.homework else "")
    return tap(sign + label, ChooseStudent(lesson=lesson, student=one.name.id, chosen=not one.chosen, page=page))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
