"""«Четвертные»: what a teacher enters for a class and subject, first as a draft, then sent to the families (О 2.8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services import words
from services.actor import Actor
from services.assignments import Assignment, assignments_of
from services.calendar import SchoolCalendar
from services.changes import Outcome, Standing
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.finals import refusals, sheets
from services.finals import spans as all_spans
from services.finals.revisions import after, note, revision
from services.finals.sheets import Access, Place, Sheet, StudentRow
from services.finals.spans import Span
from services.letters.results import results_issued
from services.outbox import items
from services.rules import averages
from services.rules import finals as rules
from services.rules.averages import Forecast
from services.rules.finals import Distribution, Hint
from services.rules.finals import Standing as Entry
from services.rules.quiet_hours import default_hours
from services.rules.short_names import Named
from storage.repositories import finals as rows
from storage.repositories import receipts as receipt_rows
from storage.repositories import recipients
from storage.repositories.finals import NewTermMark
from storage.repositories.receipts import ReceiptRow
from storage.uow import Storage, Uow
from storage.vocabulary import NOT_ASSESSED, PersonId, RecordForm, TermScope

NAMES_SAID = 5


@dataclass(frozen=True, slots=True)
class Assigned:
    """A line of the list of assignments: the scope that is due there, and how far it is."""

    place: Place
    audience: str
    subject: str
    span: Span
    students: int
    nothing: int
    drafts: int

    @property
    def issued(self) -> bool:
        """Whether the families have them all; of an exam, all that were entered."""
        if rules.allows_blanks(self.place.scope.kind):
            return self.nothing < self.students and not self.drafts
        return not self.nothing and not self.drafts


@dataclass(frozen=True, slots=True)
class StudentView:
    """One student of the grid: what may be put, the forecast, and what deserves a second look."""

    sheet: Sheet
    row: StudentRow
    values: Sequence[str]
    forecast: Forecast | None
    hints: Sequence[Hint]


@dataclass(frozen=True, slots=True)
class TermMarkPut:
    """What became of a tap on a term mark; as of a lesson's mark (services.marks.MarkPut)."""

    outcome: Outcome
    sheet: Sheet
    student: Named
    value: str | None
    rev: int
    former: str | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of «Выставить и отправить»; `count`: how many marks went; `told_at` (school time): when, usually."""

    outcome: Outcome
    sheet: Sheet
    count: int
    told_at: datetime


@dataclass(frozen=True, slots=True)
class ClassForecast:
    """How the term would end for a class as it stands: the spread of marks given or proposed, and who is at risk.

    At risk is who has, or is proposed, the worst mark of the scale or Н/А, or has nothing to be marked by.
    """

    sheet: Sheet
    spread: Distribution
    at_risk: Sequence[tuple[Named, str | None]]


class Finals:
    """Enters and issues term marks."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def choose(self, actor: Actor) -> list[Assigned]:
        """What the actor teaches, each with the scope that is due: the first open one with a blank, else the last."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await sheets.calendar_of(uow, actor, now)
            taught = await assignments_of(uow, actor, sheets.day_of_year(calendar, now))
            received = await receipt_rows.receipts(uow, actor.school_id, calendar.year_id)
            states: dict[str, dict[tuple[int, int | None, int], rows.Unissued]] = {}
            found = [
                await self._assigned(uow, actor, calendar, one, received, states)
                for one in taught
                if one.takes_marks and one.row.record_form is RecordForm.ELECTRONIC
            ]
        return [one for one in found if one is not None]

    async def _assigned(
        self,
        uow: Uow,
        actor: Actor,
        calendar: SchoolCalendar,
        one: Assignment,
        received: Sequence[ReceiptRow],
        states: dict[str, dict[tuple[int, int | None, int], rows.Unissued]],
    ) -> Assigned | None:
        today = calendar.today(self._clock.now())
        key = (one.row.class_id, one.row.subgroup_id, one.row.subject_id)
        own = [item for item in received if (item.class_id, item.subject_id) == (key[0], key[2])]
        spans = all_spans.spans_of(calendar, one.regulation, one.row.level, own, today, year_closed=one.row.year_closed)
        found: list[Assigned] = []
        for span in spans:
            if span.scope.key not in states:
                in_span = await rows.states(
                    uow,
                    actor.school_id,
                    scope=span.scope.key,
                    since=span.starts_on,
                    until=span.ends_on,
                    on=span.counts_on(today),
                    levels=all_spans.all_levels(one.regulation),
                    teacher_id=actor.person_id,
                )
                states[span.scope.key] = {
                    (row.taught.class_id, row.taught.subgroup_id, row.taught.subject_id): row for row in in_span
                }
            state = states[span.scope.key].get(key)
            if state is not None:
                found.append(
                    Assigned(
                        Place(*key, span.scope),
                        one.audience,
                        one.row.subject,
                        span,
                        state.students,
                        state.nothing,
                        state.drafts,
                    )
                )
        due = [one for one in found if _is_due(one, today)]
        return next(iter(due), found[-1] if found else None)

    async def sheet(self, actor: Actor, place: Place) -> Sheet:
        """The grid. Raises what sheets.load raises."""
        async with self._storage.reading() as uow:
            return await sheets.load(uow, actor, place, self._clock.now())

    async def student(self, actor: Actor, place: Place, student_id: PersonId) -> StudentView:
        """One student of the grid, to look at or to put a mark for."""
        async with self._storage.reading() as uow:
            sheet = await sheets.load(uow, actor, place, self._clock.now())
            lessons = await rows.lessons_held(
                uow, place.class_id, place.subgroup_id, place.subject_id, sheet.span.starts_on, sheet.span.ends_on
            )
        row = _of(sheet, student_id)
        early = sheet.span.standing(sheet.today) is Entry.AHEAD  # what is few now may be enough in the end
        return StudentView(
            sheet=sheet,
            row=row,
            values=rules.values(sheet.regulation),
            forecast=averages.forecast(sheets.scored(row.marks), sheet.regulation),
            hints=() if early else hints_of(sheet, row, lessons),
        )

    async def forecast(self, actor: Actor, place: Place) -> ClassForecast:
        """The class's forecast (М Регл. 1; В 2.2). Raises what sheets.load raises."""
        sheet = await self.sheet(actor, place)
        given = [(row.name, row.value or row.proposal) for row in sheet.students]
        bad = {None, NOT_ASSESSED, rules.worst(sheet.regulation)}
        at_risk = [(name, value) for name, value in given if value in bad]
        return ClassForecast(sheet, rules.distribution([value for _, value in given], sheet.regulation), at_risk)

    async def put(self, actor: Actor, place: Place, student_id: PersonId, value: str | None, seen: int) -> TermMarkPut:
        """Put a draft after revision `seen`, or take it back (value None); families don't see it.

        Raises AlreadySent where the mark was sent, and why nothing may be entered now.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            sheet = await sheets.load(uow, actor, place, now)
            ensure_enters(sheet)
            if value is not None and value not in rules.values(sheet.regulation):
                raise NotFoundHere
            row = _of(sheet, student_id)
            if row.value != value and not row.issued and row.rev == seen:
                new = revision(sheet, row, value, actor.person_id, now, issued=False)
                if await rows.add(uow, new):
                    await note(uow, actor, sheet, "term_mark_put", [new], now)
                    shown = replace(sheet, students=after(sheet.students, [new]))
                    return TermMarkPut(Outcome.SAVED, shown, row.name, value, new.rev, row.value)
                sheet = await sheets.load(uow, actor, place, now)  # somebody was faster by a moment
                row = _of(sheet, student_id)
        if row.value == value:
            return TermMarkPut(Outcome.ALREADY, sheet, row.name, value, row.rev)
        if row.issued:
            raise _issued(sheet, row)
        return TermMarkPut(Outcome.CHANGED, sheet, row.name, value, row.rev, standing=_standing(sheet, row))

    async def accept_all(self, actor: Actor, place: Place) -> tuple[Sheet, int]:
        """Draft the proposals of all who have nothing; the grid then, and how many were drafted."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            sheet = await sheets.load(uow, actor, place, now)
            ensure_enters(sheet)
            wanted = [revision(sheet, row, row.proposal, actor.person_id, now, issued=False) for row in sheet.to_accept]
            added = await rows.add_all(uow, wanted)
            done = [one for one in wanted if one.student_id in added]
            if done:
                await note(uow, actor, sheet, "term_marks_accepted", done, now)
            if len(done) < len(wanted):
                sheet = await sheets.load(uow, actor, place, now)
                return sheet, len(done)
        return replace(sheet, students=after(sheet.students, done)), len(done)

    async def nobody_took(self, actor: Actor, place: Place) -> tuple[Sheet, Outcome]:
        """Nobody of a grid took the exam: its results are waited for no more, unless somebody's mark is put; once.

        Raises NotFoundHere for what everybody has and of a grid without students, ChangedMeanwhile where a mark stands,
        and why nothing may be entered.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            sheet = await sheets.load(uow, actor, place, now)
            ensure_enters(sheet)
            if not sheet.students or not rules.allows_blanks(place.scope.kind):
                raise NotFoundHere
            if sheet.nobody_took:
                return sheet, Outcome.ALREADY
            wanted = [revision(sheet, row, None, actor.person_id, now, issued=True) for row in sheet.blanks]
            if len(wanted) < len(sheet.students) or len(await rows.add_all(uow, wanted)) < len(wanted):
                raise refusals.ChangedMeanwhile
            await note(uow, actor, sheet, "exam_not_taken", wanted, now)
        return replace(sheet, students=after(sheet.students, wanted)), Outcome.SAVED

    async def issue(self, actor: Actor, place: Place, seen: int) -> Sent:
        """Send all drafts of a grid seen as `seen` to the families; from then on they change only by request.

        Raises BlanksLeft with the names, NothingToSend, ChangedMeanwhile, and why nothing may be entered now.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            sheet = await sheets.load(uow, actor, place, now)
            ensure_enters(sheet)
            told_at = _usually_told_at(sheet, now)
            if sheet.blanks and not rules.allows_blanks(place.scope.kind):
                raise _blanks(sheet)
            wanted = [revision(sheet, row, row.value, actor.person_id, now, issued=True) for row in sheet.to_issue]
            if not wanted:
                if not any(row.issued for row in sheet.students):
                    raise refusals.NothingToSend
                return Sent(Outcome.ALREADY, sheet, 0, told_at)
            if sheet.seen != seen:
                return Sent(Outcome.CHANGED, sheet, 0, told_at)
            if len(await rows.add_all(uow, wanted)) < len(wanted):
                raise refusals.ChangedMeanwhile  # nothing of it stays
            await note(uow, actor, sheet, "term_marks_issued", wanted, now)
            await _tell(uow, sheet, wanted, now)
        return Sent(Outcome.SAVED, replace(sheet, students=after(sheet.students, wanted)), len(wanted), told_at)


def ensure_enters(sheet: Sheet) -> None:
    """Raises OnlyReading, NotYetOpen or ScopeClosed where nothing may be entered now."""
    refusal = refusal_to_enter(sheet)
    if refusal is not None:
        raise refusal


def refusal_to_enter(sheet: Sheet) -> SchoolError | None:
    """Why nothing may be entered into a grid now; entry after the window is taken until the term is closed."""
    if sheet.access is not Access.ENTERS:
        return refusals.OnlyReading()
    if sheet.span.closed:
        return refusals.ScopeClosed(scope=scope_words(sheet.span))
    if sheet.span.standing(sheet.today) is Entry.AHEAD:
        day = words.day_and_month(sheet.span.window.opens_on)
        return refusals.NotYetOpen(day=day, clause=sheet.regulation.clauses["term_marks"])
    return None


def scope_words(span: Span) -> str:
    """What a span's marks are for, «1-я четверть»."""
    return words.term_scope(span.scope.kind, span.term_kind, span.ordinal)


def hints_of(sheet: Sheet, row: StudentRow, lessons: int) -> tuple[Hint, ...]:
    """What is odd about a student's term mark; of other scopes there is nothing to compare with."""
    if sheet.span.scope.kind is not TermScope.TERM:
        return ()
    weekly = rules.weekly_hours(lessons, sheet.span.starts_on, sheet.span.ends_on)
    kinds = {mark.kind for one in sheet.students for mark in one.marks}
    return rules.hints(row.value or row.proposal, sheets.scored(row.marks), weekly, kinds, sheet.regulation)


def _is_due(one: Assigned, today: date) -> bool:
    return not one.span.closed and not one.issued and one.span.window.opens_on <= today


def _of(sheet: Sheet, student_id: PersonId) -> StudentRow:
    found = next((one for one in sheet.students if one.name.id == student_id), None)
    if found is None:
        raise NotFoundHere
    return found


async def _tell(uow: Uow, sheet: Sheet, issued: Sequence[NewTermMark], now: datetime) -> None:
    values = {mark.student_id: mark.value for mark in issued if mark.value is not None}
    told = await recipients.recipients_of_students(uow, sorted(values), sheet.today)
    facts = results_issued(
        told,
        subject_id=sheet.place.subject_id,
        scope=sheet.place.scope,
        values=values,
        due_at=sheet.span.due_at,
        now=now,
        zone=sheet.zone,
        regulation=sheet.regulation,
    )
    await items.put(uow, facts, now)


def _usually_told_at(sheet: Sheet, now: datetime) -> datetime:
    regulation = sheet.regulation
    told = rules.told_at(now, sheet.span.due_at, default_hours(regulation), sheet.zone, regulation)
    return told.astimezone(sheet.zone)


def _blanks(sheet: Sheet) -> refusals.BlanksLeft:
    names = [one.name.usual for one in sheet.blanks]
    said = ", ".join(names[:NAMES_SAID])
    if len(names) > NAMES_SAID:
        said += f" (+{len(names) - NAMES_SAID})"
    return refusals.BlanksLeft(names=said, clause=sheet.regulation.clauses["term_marks"])


def _issued(sheet: Sheet, row: StudentRow) -> refusals.AlreadySent:
    assert row.entered_at is not None
    day = words.day_and_month(row.entered_at.astimezone(sheet.zone).date())
    return refusals.AlreadySent(name=row.name.usual, value=row.value, author=row.author, day=day)


def _standing(sheet: Sheet, row: StudentRow) -> Standing | None:
    if row.author is None or row.entered_at is None:
        return None
    return Standing(row.value, row.author, row.entered_at.astimezone(sheet.zone))
