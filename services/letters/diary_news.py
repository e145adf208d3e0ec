"""Letters about marks and homework: of one child at once, or of all children in the evening."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services import words
from services.i18n import gettext
from services.letters.news import OWN, without_comment, without_files
from services.letters.reader import Reader
from services.letters.sources import Sources, gather
from services.letters.typeset import cut, fits, in_sentence, typeset
from services.outbox.returning import BUNDLE as RETURN
from services.outbox.transport import DueItem
from storage.repositories import diary, recipients
from storage.repositories.diary import ToDo
from storage.uow import Uow
from storage.vocabulary import AttendanceCode, HomeworkWay, ItemId, ItemKind, LessonId, LessonState, PersonId

# How many signs of a homework a letter shows; the next is tried where the letter would be too long.
HOMEWORK_WIDTHS = (600, 200, 80)


@dataclass(frozen=True, slots=True)
class Attached:
    """A lesson whose homework has attachments for a student."""

    student_id: PersonId
    lesson_id: LessonId
    subject: str


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's text, the items it tells and the students it is about."""

    text: str
    item_ids: tuple[ItemId, ...]
    student_ids: tuple[PersonId, ...]
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkSaid:
    """A mark in a letter: its value (None: taken back), what was told before, the kind of work, its comment."""

    value: str | None
    was: str | None
    kind: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class MarksLine:
    """The marks of a subject; `day` where the lesson wasn't today."""

    subject: str
    day: str | None
    marks: list[MarkSaid]


@dataclass(frozen=True, slots=True)
class HomeworkLine:
    """Homework of a subject (None: taken back), and for when; `own`: given to this child alone."""

    subject: str
    text: str | None
    changed: bool
    due: str | None
    own: bool = False


@dataclass(frozen=True, slots=True)
class LessonSaid:
    """A lesson by subject and number; `day` where it wasn't today."""

    subject: str
    number: int
    day: str | None


@dataclass(frozen=True, slots=True)
class TomorrowLine:
    """A lesson of tomorrow, with what has to be done for it."""

    number: int
    subject: str
    cancelled: bool
    homework: str


@dataclass(frozen=True, slots=True)
class Tomorrow:
    """A child's next day."""

    day: str
    on: date
    lessons: list[TomorrowLine]


@dataclass(slots=True)
class ChildNews:
    """What a letter tells of one child."""

    name: str
    marks: list[MarksLine] = field(default_factory=list)
    absent: list[LessonSaid] = field(default_factory=list)
    late: list[LessonSaid] = field(default_factory=list)
    present: list[LessonSaid] = field(default_factory=list)
    homework: list[HomeworkLine] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    tomorrow: Tomorrow | None = None

    @property
    def news(self) -> bool:
        """Whether the journal said anything new."""
        return bool(self.marks or self.absent or self.late or self.present or self.homework)


async def at_once(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """Marks and homework of one child; what doesn't fit waits for the next letter."""
    student_id = items[0].student_id
    assert student_id is not None, "a diary bundle is about a student"
    sources = await gather(uow, reader, items)
    for count in _fewer(len(items)):
        told = items[:count]
        for width in HOMEWORK_WIDTHS:
            news = child_news(sources, student_id, told, width)
            text = typeset("diary", name=news.name, marks=news.marks, homework=news.homework)
            if fits(text):
                return Written(text, tuple(item.id for item in told), (student_id,), tuple(news.attached))
    raise ValueError("one fact fits into a letter")


async def evening(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """The evening letter over all children: what is new, and tomorrow. Without the tick's item: only what is new.

    What waited while the chat took no letters says so. None where there is nothing to say.
    """
    today, returned = reader.today, items[0].bundle == RETURN
    whole = any(item.kind is ItemKind.DIGEST for item in items)
    tick = [item for item in items if item.kind is ItemKind.DIGEST]
    news = [item for item in items if item.kind is not ItemKind.DIGEST]
    own = await recipients.students_of(uow, reader.person_id, today) if whole else []
    sources = await gather(uow, reader, news, own)
    order = [*own, *sorted({item.student_id for item in news if item.student_id is not None} - set(own))]
    # A letter that is late speaks of the evening it was for.
    about = max((date.fromisoformat(item.value) for item in tick if item.value), default=today)
    tomorrow = await _tomorrow(uow, reader, own, about) if whole else {}
    if not news and not tomorrow:
        return None
    for count in _fewer(len(news)) if news else [0]:
        told = news[:count]
        for width in HOMEWORK_WIDTHS:
            children = [_child(sources, student_id, told, tomorrow, width) for student_id in order]
            shown = [child for child in children if child.news or child.tomorrow]
            text = typeset("digest", whole=whole, returned=returned, today=words.weekday(about), children=shown)
            if fits(text):
                attached = tuple(one for child in children for one in child.attached)
                return Written(text, tuple(item.id for item in (*tick, *told)), tuple(order), attached)
    raise ValueError("tomorrow's lessons fit into a letter")


def child_news(sources: Sources, student_id: PersonId, items: Sequence[DueItem], width: int) -> ChildNews:
    """A child's items as lines, in the order of the lessons."""
    news = ChildNews(sources.name(student_id))
    own = [item for item in items if item.student_id == student_id and item.lesson_id is not None]
    by_subject: dict[tuple[int, date], MarksLine] = {}
    for item in sorted(own, key=lambda one: (sources.lessons[_lesson(one)].starts_at, one.work_id or 0, one.id)):
        lesson = sources.lessons[_lesson(item)]
        subject, day = in_sentence(lesson.subject), _other_day(sources, lesson.on_date)
        match item.kind:
            case ItemKind.MARK if item.work_id is not None:
                line = by_subject.get((lesson.subject_id, lesson.on_date))
                if line is None:
                    line = by_subject[lesson.subject_id, lesson.on_date] = MarksLine(subject, day, [])
                    news.marks.append(line)
                kind = words.work_kind(*sources.works[item.work_id])
                value, comment = without_comment(item.value)
                was, _told = without_comment(item.base)
                line.marks.append(MarkSaid(value, was if was != value else None, kind, cut(comment, width)))
            case ItemKind.HOMEWORK:
                due_on = sources.due_on.get((student_id, lesson.id))
                due = words.day(due_on, sources.today) if due_on is not None and item.value is not None else None
                alone = item.collapse_key.startswith(OWN)
                text = (
                    None if item.value is None else given(item.value, None if alone else sources.way(lesson.id), width)
                )
                news.homework.append(HomeworkLine(subject, text, item.base is not None, due, alone))
                if item.value is not None and without_files(item.value)[1]:
                    news.attached.append(Attached(student_id, lesson.id, lesson.subject))
            case ItemKind.ABSENCE_LATER | ItemKind.ABSENCE | ItemKind.ABSENCE_WITHDRAWN:
                said = LessonSaid(subject, lesson.slot, day)
                if item.value is None:
                    news.present.append(said)
                elif item.value == AttendanceCode.LATE:
                    news.late.append(said)
                else:
                    news.absent.append(said)
            case _:
                raise ValueError(f"{item.kind} is no news of the diary")
    return news


def given(value: str, way: HomeworkWay | None, width: int) -> str:
    """A homework's text in a line, how it is to be done, and «📎 2»."""
    text, files = without_files(value)
    said = cut(text, width)
    if way is not None:
        said += f" ({words.homework_way(way)})"
    return with_clip(said, files)


def with_clip(text: str, files: int) -> str:
    """The text with the number of its attachments."""
    return f"{text} 📎 {files}" if files else text


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
    lines = [TomorrowLine(line.number, line.subject, line.cancelled, cut(line.homework, width)) for line in day.lessons]
    child.tomorrow = Tomorrow(day.day, day.on, lines)
    # What is for tomorrow stands at its lesson already.
    said = words.day(day.on, sources.today)
    child.homework = [line for line in child.homework if line.due != said or line.text is None]
    return child


async def _tomorrow(uow: Uow, reader: Reader, students: Sequence[PersonId], about: date) -> dict[PersonId, Tomorrow]:
    """The lessons of each child on the day after `about`, where there are some."""
    day = about + timedelta(days=1)
    found: dict[PersonId, Tomorrow] = {}
    for student_id in students:
        lessons = await diary.lessons_of_day(uow, reader.school_id, student_id, day)
        subjects = {lesson.subject_id for lesson in lessons}
        if not lessons:
            continue
        homework = await diary.homework_for(uow, reader.school_id, student_id, day, subjects)
        lines = []
        for lesson in lessons:
            # Two lessons of a subject in a row share their homework: it stands at the first.
            text = "; ".join(_todo(one) for one in homework.pop(lesson.subject_id, []))
            cancelled = lesson.state in (LessonState.CANCELLED, LessonState.MOVED)
            lines.append(TomorrowLine(lesson.slot, lesson.subject, cancelled, text))
        found[student_id] = Tomorrow(_capital(words.day(day, reader.today)), day, lines)
    return found


def _todo(one: ToDo) -> str:
    if one.own:
        return gettext("individually: {text}").format(text=one.text)
    return with_clip(one.text if one.way is None else f"{one.text} ({words.homework_way(one.way)})", one.files)


def _other_day(sources: Sources, on: date) -> str | None:
    return None if on == sources.today else words.day(on, sources.today)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lesson(item: DueItem) -> LessonId:
    assert item.lesson_id is not None
    return item.lesson_id


def _fewer(count: int) -> list[int]:
    """How many facts to try: all, then three quarters of them, down to one."""
    tried = [count]
    while tried[-1] > 1:
        tried.append(tried[-1] * 3 // 4)
    return tried
