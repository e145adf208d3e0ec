"""The evening letter: over all children what is new, and tomorrow; also the summary for who was away for a while."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services import words
from services.i18n import N_, gettext
from services.letters.changes import MOVED
from services.letters.diary_news import (
    HOMEWORK_WIDTHS,
    NAME_WIDTH,
    ChildNews,
    Tomorrow,
    TomorrowLine,
    Written,
    child_news,
    fewer,
    with_clip,
)
from services.letters.reader import Reader
from services.letters.shelf import shelf_of
from services.letters.sources import Sources, gather
from services.letters.typeset import cut, fits, typeset
from services.outbox.returning import BUNDLE as RETURN
from services.outbox.transport import DueItem
from services.rules import windows
from storage.repositories import student_readers
from storage.repositories.diary import ToDo
from storage.uow import Uow
from storage.vocabulary import ItemKind, LessonState, PersonId

NARROWEST = 30  # signs of a homework where even tomorrow alone is too long for a letter
CHANGED = {
    LessonState.CANCELLED: N_("cancelled"),
    LessonState.MOVED: N_("moved"),
    LessonState.SUBSTITUTED: N_("substitution"),
}


async def evening(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """The evening letter over all children: what is new, and tomorrow. Without the tick's item: only what is new.

    What waited while the chat took no letters says so. None where there is nothing to say.
    """
    today, returned = reader.today, items[0].bundle == RETURN
    whole = any(item.kind is ItemKind.DIGEST for item in items)
    tick = [item for item in items if item.kind is ItemKind.DIGEST]
    news = [item for item in items if item.kind is not ItemKind.DIGEST]
    own = await _own(uow, reader) if whole else []
    sources = await gather(uow, reader, news, own)
    order = [*own, *sorted({item.student_id for item in news if item.student_id is not None} - set(own))]
    # A letter that is late speaks of the evening it was for.
    about = max((date.fromisoformat(item.value) for item in tick if item.value), default=today)
    tomorrow = await _tomorrow(uow, reader, own, about) if whole else {}
    if not news and not tomorrow:
        return None
    for size in _sizes(len(news), len(tomorrow)):
        told = news[: size.news]
        shown_days = dict(list(tomorrow.items())[: size.days])
        children = [_child(sources, student_id, told, shown_days, size.width) for student_id in order]
        shown = [child for child in children if child.news or child.tomorrow]
        left_out = size.days < len(tomorrow)
        view = {"whole": whole, "returned": returned, "today": words.weekday(about), "left_out": left_out}
        if fits(text := typeset("digest", **view, children=shown)):
            attached = tuple(one for child in children for one in child.attached)
            return Written(text, tuple(item.id for item in (*tick, *told)), tuple(order), attached)
    raise ValueError("one fact fits into a letter, its texts cut")


@dataclass(frozen=True, slots=True)
class _Size:
    """How much of an evening a letter tries to hold: facts, children's tomorrows, signs of a text."""

    news: int
    days: int
    width: int


def _sizes(news: int, days: int) -> Iterator[_Size]:
    """From the whole down to what always fits: shorter texts, then fewer facts (the rest go next), then no tomorrow."""
    counts = fewer(news) if news else [0]
    for count in counts:
        for width in HOMEWORK_WIDTHS:
            yield _Size(count, days, width)
    for left in range(days, -1, -1):
        yield _Size(counts[-1], left, NARROWEST)


async def _own(uow: Uow, reader: Reader) -> Sequence[PersonId]:
    """A guardian's children, or the student who reads of their own homework."""
    children = await shelf_of(uow).children(uow, reader.person_id, reader.today)
    if not children and await student_readers.is_student(uow, reader.person_id, reader.today):
        return [reader.person_id]
    return children


def _child(
    sources: Sources,
    student_id: PersonId,
    items: Sequence[DueItem],
    tomorrow: dict[PersonId, Tomorrow],
    width: int,
) -> ChildNews:
    child = child_news(sources, student_id, items, width)
    day = tomorrow.get(student_id)
    if day is None:
        return child
    told = {line.lesson_id: line for line in child.changes if line.what == MOVED and line.to}
    lines = [
        replace(
            line,
            change=gettext("moved to {where}").format(where=told[line.lesson_id].to)
            if line.lesson_id in told
            else line.change,
            homework=cut(line.homework, width),
        )
        for line in day.lessons
    ]
    child.tomorrow = Tomorrow(day.day, day.on, lines)
    # How a lesson of tomorrow differs stands at the lesson already.
    marked = {line.lesson_id for line in lines if line.change}
    child.changes = [line for line in child.changes if line.lesson_id not in marked]
    # What is for tomorrow stands at its lesson already.
    said = words.day(day.on, sources.today)
    child.homework = [line for line in child.homework if line.due != said or line.text is None]
    return child


async def _tomorrow(uow: Uow, reader: Reader, students: Sequence[PersonId], about: date) -> dict[PersonId, Tomorrow]:
    """The lessons of each child on the day after `about`, where there are some."""
    day, shelf = about + timedelta(days=1), shelf_of(uow)
    found: dict[PersonId, Tomorrow] = {}
    for student_id in students:
        lessons = await shelf.lessons_of_day(uow, reader.school_id, student_id, day)
        if not lessons:
            continue
        homework = await shelf.homework_for(uow, reader.school_id, student_id, day)
        lines = []
        for lesson in lessons:
            # Two lessons of a subject in a row share their homework: it stands at the first.
            text = "; ".join(_todo(one) for one in homework.pop(lesson.subject_id, []))
            change = gettext(CHANGED[lesson.state]) if lesson.state in CHANGED else ""
            subject = cut(lesson.subject, NAME_WIDTH)
            lines.append(
                TomorrowLine(lesson.id, lesson.slot, subject, change, text if windows.is_held(lesson.state) else "")
            )
        found[student_id] = Tomorrow(_capital(words.day(day, reader.today)), day, lines)
    return found


def _todo(one: ToDo) -> str:
    if one.own:
        return gettext("individually: {text}").format(text=one.text)
    return with_clip(one.text if one.way is None else f"{one.text} ({words.homework_way(one.way)})", one.files)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
