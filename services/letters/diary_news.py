"""What the journal's news say of a child, line by line, and the letter of one child's marks and homework at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services import words
from services.i18n import gettext
from services.letters.changes import CANCELLED, MOVED, SUBSTITUTED, Change
from services.letters.news import EXPLAINED, OWN, without_comment, without_files
from services.letters.reader import Reader
from services.letters.sources import Sources, gather
from services.letters.typeset import cut, fits, in_sentence, typeset
from services.outbox.transport import DueItem
from storage.repositories.diary import LessonLine
from storage.uow import Uow
from storage.vocabulary import AttendanceCode, HomeworkWay, ItemId, ItemKind, LessonId, PersonId

# How many signs of a homework a letter shows; the next is tried where the letter would be too long.
HOMEWORK_WIDTHS = (600, 200, 80)
NAME_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Attached:
    """A lesson whose homework has attachments for a student."""

    student_id: PersonId
    lesson_id: LessonId
    subject: str


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's text, the items it tells and the students it is about; `seen`: the newest result it says, or 0."""

    text: str
    item_ids: tuple[ItemId, ...]
    student_ids: tuple[PersonId, ...]
    attached: tuple[Attached, ...] = ()
    seen: int = 0


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
class ChangeLine:
    """A lesson that differs from the timetable: cancelled, moved `to` there, given by `who`, or as usual again."""

    lesson_id: LessonId
    subject: str
    number: int
    day: str
    what: str
    to: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class TomorrowLine:
    """A lesson of tomorrow, how it differs from the timetable, and what has to be done for it."""

    lesson_id: LessonId
    number: int
    subject: str
    change: str
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
    explained: list[LessonSaid] = field(default_factory=list)
    changes: list[ChangeLine] = field(default_factory=list)
    homework: list[HomeworkLine] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    tomorrow: Tomorrow | None = None

    @property
    def news(self) -> bool:
        """Whether the journal said anything new."""
        absences = self.absent or self.late or self.present or self.explained
        return bool(self.marks or absences or self.homework or self.changes)


async def at_once(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """Marks and homework of one child; what doesn't fit waits for the next letter."""
    student_id = items[0].student_id
    assert student_id is not None, "a diary bundle is about a student"
    sources = await gather(uow, reader, items)
    for count in fewer(len(items)):
        told = items[:count]
        for width in HOMEWORK_WIDTHS:
            news = child_news(sources, student_id, told, width)
            text = typeset("diary", name=news.name, marks=news.marks, homework=news.homework)
            if fits(text):
                return Written(text, tuple(item.id for item in told), (student_id,), tuple(news.attached))
    raise ValueError("one fact fits into a letter, its texts cut")


def child_news(sources: Sources, student_id: PersonId, items: Sequence[DueItem], width: int) -> ChildNews:
    """A child's items as lines, in the order of the lessons."""
    news = ChildNews(cut(sources.name(student_id), NAME_WIDTH))
    own = [item for item in items if item.student_id == student_id and item.lesson_id is not None]
    by_subject: dict[tuple[int, date], MarksLine] = {}
    for item in sorted(own, key=lambda one: (sources.lessons[_lesson(one)].starts_at, one.work_id or 0, one.id)):
        lesson = sources.lessons[_lesson(item)]
        subject, day = cut(in_sentence(lesson.subject), NAME_WIDTH), _other_day(sources, lesson.on_date)
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
                elif item.value == EXPLAINED or (student_id, lesson.id) in sources.explained:
                    if said not in news.explained:  # the alarm and the evening's line may meet in one letter
                        news.explained.append(said)
                elif item.value == AttendanceCode.LATE:
                    news.late.append(said)
                else:
                    news.absent.append(said)
            case ItemKind.TIMETABLE:
                news.changes.append(_changed(sources, lesson, item.value, width))
            case _:
                raise ValueError(f"{item.kind} is no news of the diary")
    return news


def _changed(sources: Sources, lesson: LessonLine, value: str | None, width: int) -> ChangeLine:
    change = Change.read(value)
    subject, day = cut(in_sentence(lesson.subject), NAME_WIDTH), words.day(lesson.on_date, sources.today)
    if change is None:
        return ChangeLine(lesson.id, subject, lesson.slot, day, "as_usual")
    if change.cancelled:
        return ChangeLine(lesson.id, subject, lesson.slot, day, CANCELLED)
    if change.moved_to is None:
        who = ", ".join(sources.substitutes[one] for one in change.substitutes if one in sources.substitutes)
        return ChangeLine(lesson.id, subject, lesson.slot, day, SUBSTITUTED, who=cut(who, width))
    to = sources.lessons.get(change.moved_to)
    return ChangeLine(lesson.id, subject, lesson.slot, day, MOVED, to="" if to is None else place(sources, to))


def place(sources: Sources, lesson: LessonLine) -> str:
    """When a moved lesson is held, «чт 10 сентября, 5-й урок, 12:10»."""
    said = gettext("{day}, lesson {slot}, {hour}")
    hour = words.hour(lesson.starts_at, sources.reader.zone)
    return said.format(day=words.day(lesson.on_date, sources.today), slot=lesson.slot, hour=hour)


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


def _other_day(sources: Sources, on: date) -> str | None:
    return None if on == sources.today else words.day(on, sources.today)


def _lesson(item: DueItem) -> LessonId:
    assert item.lesson_id is not None
    return item.lesson_id


def fewer(count: int) -> list[int]:
    """How many facts to try: all, then three quarters of them, down to one."""
    tried = [count]
    while tried[-1] > 1:
        tried.append(tried[-1] * 3 // 4)
    return tried
