"""The quick line: what a teacher types while a lesson is on, shown back, and written by one tap in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services import attendance, drafts, marks
from services.access import OwnLesson, access_lesson, ensure_marks_open, own_lesson, refusal_to_record
from services.actor import Actor
from services.changes import Outcome
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.lessons import Card, LessonTitle, card_of, named, title_of
from services.outbox import items
from services.rules import quick_line as rules
from services.rules.quick_line import Entry, Line
from services.rules.short_names import Named
from storage.repositories import attendance as attendance_rows
from storage.repositories import lessons
from storage.repositories import marks as mark_rows
from storage.repositories.marks import WorkRow
from storage.uow import Storage, Uow
from storage.vocabulary import AttendanceCode, DraftPurpose, LessonId, PersonId, RecordPart, WorkId, WorkKind

Column = tuple[WorkKind, int]  # a kind of work and its ordinal in the lesson
PURPOSE = DraftPurpose.QUICK_LINE


class LineGone(SchoolError):
    """The line was written, dropped, or replaced by a newer one."""

    sentence = N_("This line is no longer waiting. Type it again if it's needed.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A typed name that several students may mean; `place` counts the line's names."""

    place: int
    typed: str
    candidates: Sequence[Named]


@dataclass(frozen=True, slots=True)
class LineMark:
    """A mark to be written; `former` stands there now and would be replaced."""

    student: Named
    value: str
    former: str | None


@dataclass(frozen=True, slots=True)
class LineCard:
    """What a line would write. While `asked`, it can't be confirmed; `changed`: somebody wrote there meanwhile."""

    line: int
    title: LessonTitle
    absent: Sequence[Named]
    late: Sequence[Named]
    marks: Mapping[Column, Sequence[LineMark]]
    asked: Asked | None
    unknown: Sequence[str]
    changed: bool = False

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.absent or self.late or self.marks)


@dataclass(frozen=True, slots=True)
class LineWritten:
    """What became of the confirmation: the lesson's card, or the line shown again because something has changed."""

    card: Card | None
    line: LineCard | None = None


@dataclass(frozen=True, slots=True)
class _Sheets:
    """A lesson's people and what stands, read in one transaction."""

    people: dict[int, Named]
    codes: dict[int, tuple[AttendanceCode, int]]
    works: Sequence[WorkRow]
    marks: dict[tuple[WorkId, int], tuple[str | None, int]]


class _Changed(Exception):
    """What a line saw is no longer so."""


class QuickLine:
    """Reads, asks about and writes quick lines."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def read(self, actor: Actor, text: str) -> LineCard | None:
        """What a typed text would write into the lesson that is on; None if it is no quick line of such a lesson.

        The lesson is the actor's present one, or the last that began today; of two at once, the one whose list knows
        the names better.
        """
        if not rules.looks_like_one(text):
            return None
        now = self._clock.now()
        async with self._storage.reading() as uow:
            read = await self._read(uow, actor, text, now)
        if read is None:
            return None
        lesson, line, sheets = read
        if any(entry.value is not None for entry in line.entries):
            ensure_marks_open(lesson, WorkKind.ANSWER, now)
        data = {
            "line": actor.seq or int(now.timestamp() * 1000),
            "lesson": int(lesson.id),
            "entries": [_stored(entry, sheets.works) for entry in line.entries],
            "odd": list(line.odd),
        }
        data["seen"] = _seen(data, sheets)
        async with self._storage.writing(actor.seq, now=now) as uow:
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
        return _card(lesson, data, sheets)

    async def reads(self, actor: Actor, text: str) -> bool:
        """Whether a typed text is a quick line of a lesson that is on; nothing is awaited or written by this."""
        if not rules.looks_like_one(text):
            return False
        async with self._storage.reading() as uow:
            return await self._read(uow, actor, text, self._clock.now()) is not None

    async def _read(self, uow: Uow, actor: Actor, text: str, now: datetime) -> tuple[OwnLesson, Line, _Sheets] | None:
        today = now.astimezone(actor.zone).date()
        rows = await lessons.of_day(uow, actor.school_id, actor.person_id, today)
        begun = [own_lesson(row, actor) for row in rows if row.starts_at <= now]
        open_now = [one for one in begun if refusal_to_record(one, RecordPart.ATTENDANCE, now) is None]
        latest = max((one.row.starts_at for one in open_now), default=None)
        found = []
        for lesson in (one for one in open_now if one.row.starts_at == latest):
            sheets = await _sheets(uow, lesson.id)
            line = rules.parse(text, list(sheets.people.values()), lesson.regulation.scale)
            if line.understood:
                found.append((lesson, line, sheets))
        return min(found, key=lambda one: sum(not entry.who for entry in one[1].entries), default=None)

    async def pick(self, actor: Actor, line: int, place: int, student_id: PersonId) -> LineCard:
        """Settle whom an ambiguous name means."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await _waiting(uow, actor, line, now)
            if place >= len(data["entries"]) or student_id not in data["entries"][place]["who"]:
                raise NotFoundHere
            data["entries"][place]["who"] = [int(student_id)]
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            lesson = await access_lesson(uow, actor, LessonId(data["lesson"]))
            return _card(lesson, data, await _sheets(uow, lesson.id))

    async def drop(self, actor: Actor, line: int) -> Card:
        """Forget a line; the lesson's card instead."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await _waiting(uow, actor, line, now)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            lesson = await access_lesson(uow, actor, LessonId(data["lesson"]))
            return await card_of(uow, lesson, now)

    async def confirm(self, actor: Actor, line: int) -> LineWritten:
        """Write all of a line, or nothing: where something it saw has changed, it is shown again as it stands now."""
        now = self._clock.now()
        try:
            async with self._storage.writing(actor.seq, now=now) as uow:
                data = await _waiting(uow, actor, line, now)
                await drafts.drop(uow, actor.bot_id, actor.user_id)
                lesson = await access_lesson(uow, actor, LessonId(data["lesson"]))
                await _write(uow, actor, lesson, data, now)
                return LineWritten(await card_of(uow, await access_lesson(uow, actor, lesson.id), now))
        except _Changed:
            return LineWritten(None, await self._seen_anew(actor, line, now))

    async def _seen_anew(self, actor: Actor, line: int, now: datetime) -> LineCard:
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await _waiting(uow, actor, line, now)
            lesson = await access_lesson(uow, actor, LessonId(data["lesson"]))
            sheets = await _sheets(uow, lesson.id)
            data["seen"] = _seen(data, sheets)
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            return _card(lesson, data, sheets, changed=True)


async def _waiting(uow: Uow, actor: Actor, line: int, now: datetime) -> dict[str, Any]:
    data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
    if data is None or data["line"] != line:
        raise LineGone
    return data


async def _sheets(uow: Uow, lesson_id: LessonId) -> _Sheets:
    present = await attendance_rows.sheet(uow, lesson_id)
    marked = await mark_rows.sheet(uow, lesson_id)
    return _Sheets(
        people={row.student_id: named(row) for row in present.rows},
        codes={row.student_id: (row.code, row.rev) for row in present.rows},
        works=marked.works,
        marks={
            (work_id, row.student_id): (mark.value, mark.rev)
            for row in marked.rows
            for work_id, mark in row.marks.items()
        },
    )


def _stored(entry: Entry, works: Sequence[WorkRow]) -> dict[str, Any]:
    """An entry as the draft keeps it; the column of a mark is settled now, and shown, so that it can't shift."""
    column = None if entry.value is None else list(_column(entry.kind, works))
    return {"typed": entry.typed, "who": list(entry.who), "code": entry.code, "value": entry.value, "column": column}


def _column(kind: WorkKind | None, works: Sequence[WorkRow]) -> Column:
    """The column a mark goes to: the newest of its kind; without a kind, the lesson's newest, else answers."""
    if kind is None:
        return (works[-1].kind, works[-1].ordinal) if works else (WorkKind.ANSWER, 1)
    return kind, max((work.ordinal for work in works if work.kind is kind), default=1)


def _standing(column: Column, student: int, sheets: _Sheets) -> tuple[str | None, int]:
    work = next((one for one in sheets.works if (one.kind, one.ordinal) == column), None)
    return sheets.marks.get((work.id, student), (None, 0)) if work else (None, 0)


def _seen(data: dict[str, Any], sheets: _Sheets) -> dict[str, int]:
    """The newest revisions of all that the line may write, «a:31» of attendance, «m:control:1:31» of marks."""
    seen = {}
    for entry in data["entries"]:
        for student in entry["who"]:
            if entry["code"] is not None:
                seen[f"a:{student}"] = sheets.codes[student][1] if student in sheets.codes else 0
            else:
                column = _column_of(entry)
                seen[_mark_key(column, student)] = _standing(column, student, sheets)[1]
    return seen


def _column_of(entry: dict[str, Any]) -> Column:
    kind, ordinal = entry["column"]
    return WorkKind(kind), ordinal


def _mark_key(column: Column, student: int) -> str:
    return f"m:{column[0].value}:{column[1]}:{student}"


def _settled(data: dict[str, Any]) -> tuple[dict[int, AttendanceCode], dict[tuple[Column, int], str]]:
    """What the unambiguous names get: codes by student, marks by column and student; a later word wins."""
    codes: dict[int, AttendanceCode] = {}
    values: dict[tuple[Column, int], str] = {}
    for entry in data["entries"]:
        if len(entry["who"]) == 1 and entry["code"] is not None:
            codes[entry["who"][0]] = AttendanceCode(entry["code"])
        elif len(entry["who"]) == 1:
            values[_column_of(entry), entry["who"][0]] = entry["value"]
    return codes, values


def _asked(data: dict[str, Any], people: Mapping[int, Named]) -> Asked | None:
    for place, entry in enumerate(data["entries"]):
        if len(entry["who"]) > 1:
            return Asked(place, entry["typed"], [people[one] for one in entry["who"] if one in people])
    return None


def _card(lesson: OwnLesson, data: dict[str, Any], sheets: _Sheets, *, changed: bool = False) -> LineCard:
    codes, values = _settled(data)
    people = sheets.people
    by_column: dict[Column, list[LineMark]] = {}
    for (column, student), value in values.items():
        if student in people:
            former = _standing(column, student, sheets)[0]
            by_column.setdefault(column, []).append(LineMark(people[student], value, former))

    def whose(wanted: AttendanceCode) -> list[Named]:
        return [people[one] for one, code in codes.items() if code is wanted and one in people]

    return LineCard(
        line=data["line"],
        title=title_of(lesson),
        absent=whose(AttendanceCode.ABSENT),
        late=whose(AttendanceCode.LATE),
        marks=by_column,
        asked=_asked(data, people),
        unknown=[*(entry["typed"] for entry in data["entries"] if not entry["who"]), *data["odd"]],
        changed=changed,
    )


async def _write(uow: Uow, actor: Actor, lesson: OwnLesson, data: dict[str, Any], now: datetime) -> None:
    """Write a line's attendance and marks by the same rules as taps; in one order, so that two lines don't deadlock."""
    codes, values = _settled(data)
    seen: dict[str, int] = data["seen"]
    facts: list[items.Fact] = []
    for student, code in sorted(codes.items()):
        rev = seen.get(f"a:{student}", 0)
        entered = await attendance.enter(uow, actor, lesson.id, PersonId(student), code, rev, now)
        if entered.outcome is Outcome.CHANGED:
            raise _Changed
        facts += entered.facts
    for (column, student), value in sorted(values.items()):
        work_id = await marks.work_of(uow, actor, lesson, *column, now)
        rev = seen.get(_mark_key(column, student), 0)
        put = await marks.enter(uow, actor, work_id, PersonId(student), value, rev, now)
        if put.outcome is Outcome.CHANGED:
            raise _Changed
        facts += put.facts
    await items.put(uow, facts, now)
