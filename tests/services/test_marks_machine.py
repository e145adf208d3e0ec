"""Whatever is tapped, asked, decided and however the clock goes: no mark vanishes without a trace (М ж; invariant 6).

A machine taps at random, right and wrong; a refusal must leave the journal as it was. After every step: rows are only
added, revisions have no gaps, each has its audit line, whatever came past its window has an approved request, and what
the family was told, or is about to be, is what stands.
"""

import asyncio
import tempfile
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select, update

from services.comments import Comments
from services.corrections import Corrections, Decisions
from services.corrections.places import Column
from services.corrections.reasons import Why, WhyNot
from services.errors import SchoolError
from services.letters.news import with_comment
from services.marks import Marks
from services.quick_line import QuickLine
from storage.models.audit import AuditEntry
from storage.models.control import CorrectionRequest
from storage.models.delivery import Item
from storage.models.journal import LessonWork, Mark
from storage.models.timetable import Lesson
from storage.uow import Storage
from storage.vocabulary import PersonId, RequestId, WorkId, WorkKind
from tests.school import Cast, found
from tests.support import databases

UNDO = timedelta(minutes=10)
KINDS = st.sampled_from([WorkKind.ANSWER, WorkKind.CONTROL])
VALUES = st.sampled_from(["5", "4", "3", None])
WHO = st.sampled_from(["larina", "onegin"])
TEACHERS = st.sampled_from(["owner", "partner"])
STEPS = st.sampled_from([timedelta(minutes=1), timedelta(minutes=9), UNDO, timedelta(hours=5), timedelta(days=1)])
Row = tuple[int, int, int, str | None, str, int | None, datetime]


class MarksMachine(RuleBasedStateMachine):
    """Two teachers, two students, a deputy head; see the module's docstring."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._loop = asyncio.Runner()
        self.storage = Storage(databases.sqlite_file(Path(self._folder.name) / "machine.db"))
        self.rows: dict[tuple[int, int, int], Row] = {}

    def teardown(self) -> None:
        self._wait(self.storage.close())
        self._loop.close()
        self._folder.cleanup()

    @initialize()
    def school_begins(self) -> None:
        self.school: Cast = self._wait(found(self.storage))
        offices = (self.storage, self.school.clock)
        self.marks, self.comments, self.lines = Marks(*offices), Comments(*offices), QuickLine(*offices)
        self.corrections, self.decisions = Corrections(*offices), Decisions(*offices)

    @rule(teacher=TEACHERS, who=WHO, kind=KINDS, value=VALUES, behind=st.sampled_from([0, 0, 0, 1]))
    def taps_a_mark(self, teacher: str, who: str, kind: WorkKind, value: str | None, behind: int) -> None:
        actor, student = self.school.actor(getattr(self.school, teacher)), self._student(who)

        async def tap() -> None:
            sheet = await self.marks.add_work(actor, self.school.algebra, kind, 1)
            rev = next(one.rev for one in sheet.students if one.name.id == student)
            await self.marks.put(actor, sheet.work.id, student, value, max(0, rev - behind))

        self._try(tap())

    @rule(teacher=TEACHERS, text=st.sampled_from(["Ларина Т 5", "Ларина Т 3, Онегин 4 контр", "н Онегин, Ларина Т 4"]))
    def types_a_line(self, teacher: str, text: str) -> None:
        actor = self.school.actor(getattr(self.school, teacher))

        async def line() -> None:
            card = await self.lines.read(actor, text)
            if card is not None and card.asked is not None:
                card = await self.lines.pick(actor, card.line, card.asked.place, self.school.larina)
            if card is not None:
                await self.lines.confirm(actor, card.line)

        self._try(line())

    @rule(teacher=TEACHERS, who=WHO, kind=KINDS, text=st.sampled_from(["хорошо", "внимательнее", ""]))
    def comments_on_a_mark(self, teacher: str, who: str, kind: WorkKind, text: str) -> None:
        actor = self.school.actor(getattr(self.school, teacher))

        async def comment() -> None:
            work = await self._work(kind)
            if work is not None:
                asked = await self.comments.ask(actor, work, self._student(who), 0)
                if text:
                    await self.comments.put_typed(actor, text)
                else:
                    await self.comments.remove(actor, work, self._student(who), asked.rev, 0)

        self._try(comment())

    @rule(teacher=TEACHERS, who=WHO, kind=KINDS, value=VALUES, pause=st.sampled_from([timedelta(0), UNDO]))
    def asks_for_a_correction(
        self, teacher: str, who: str, kind: WorkKind, value: str | None, pause: timedelta
    ) -> None:
        actor = self.school.actor(getattr(self.school, teacher))
        column = Column(self.school.algebra, kind, 1)

        async def ask() -> None:
            draft = await self.corrections.want(actor, column, self._student(who), value)
            await self.corrections.choose_reason(actor, draft.number, Why.SLIP)
            self.school.clock.advance(pause)
            await self.corrections.send(actor, draft.number)

        self._try(ask())

    @precondition(lambda self: self._open_requests())
    @rule(data=st.data(), approve=st.booleans(), behind=st.sampled_from([0, 0, 1]))
    def the_deputy_head_decides(self, data: st.DataObject, approve: bool, behind: int) -> None:
        actor = self.school.actor(self.school.deputy)
        request = data.draw(st.sampled_from(self._open_requests()))

        async def decide() -> None:
            if not approve:
                await self.decisions.decline(actor, request, WhyNot.RIGHT)
                return
            view = await self.decisions.open(actor, request)
            done = await self.decisions.approve(actor, request, max(0, view.seen - behind))
            if done.rev and not behind:  # shown what stands now, and sure of it
                await self.decisions.approve(actor, request, done.rev)

        self._try(decide())

    @precondition(lambda self: self._open_requests())
    @rule(data=st.data(), teacher=TEACHERS)
    def takes_a_request_back(self, data: st.DataObject, teacher: str) -> None:
        actor = self.school.actor(getattr(self.school, teacher))
        self._try(self.corrections.withdraw(actor, data.draw(st.sampled_from(self._open_requests()))))

    @rule(by=STEPS)
    def time_passes(self, by: timedelta) -> None:
        self.school.clock.advance(by)

    @rule()
    def the_letters_go(self) -> None:
        async def tell() -> None:
            async with self.storage.writing() as uow:
                await uow.execute(update(Item).where(Item.state == "waiting").values(state="told"))

        self._wait(tell())

    @invariant()
    def no_mark_vanished(self) -> None:
        self.rows_are_only_ever_added()
        self.revisions_have_no_gaps()
        self.every_revision_has_its_audit_line()
        self.what_came_past_its_window_was_approved()
        self.the_family_is_told_what_stands()

    def rows_are_only_ever_added(self) -> None:
        now = self._marks()
        for key, row in self.rows.items():
            assert now.get(key) == row, "a revision was changed or is gone"
        self.rows = now

    def revisions_have_no_gaps(self) -> None:
        for chain in self._chains().values():
            assert [row[2] for row in chain] == list(range(1, len(chain) + 1))

    def every_revision_has_its_audit_line(self) -> None:
        async def noted() -> list[tuple[str, int]]:
            async with self.storage.reading() as uow:
                question = select(AuditEntry.subject, AuditEntry.detail).where(AuditEntry.subject.like("mark:%"))
                return [(row.subject, row.detail["rev"]) for row in await uow.execute(question)]

        lines = self._wait(noted())
        assert sorted(lines) == sorted((f"mark:{work}:{student}", rev) for work, student, rev in self.rows)

    def what_came_past_its_window_was_approved(self) -> None:
        approved = self._approved()
        last_days = self._last_days()
        for (work, student), chain in self._chains().items():
            since: datetime | None = None
            for row in chain:
                value, request, at = row[3], row[5], row[6]
                late = at >= last_days[work] or (since is not None and at >= since + UNDO)
                assert (request is not None) == late, "past its window, and only there, a revision has a request"
                if request is not None:
                    assert approved[request] == (student, value)
                since = None if value is None else (since or at)

    def the_family_is_told_what_stands(self) -> None:
        for (work, student), chain in self._chains().items():
            stands = with_comment(chain[-1][3], chain[-1][4])
            assert self._told(work, student) == stands

    def _wait(self, coming: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run(coming)

    def _try(self, tap: Coroutine[Any, Any, Any]) -> None:
        """A refused tap leaves every mark as it was; one of several steps may have made its column."""
        before = self._marks()
        try:
            self._wait(tap)
        except SchoolError:
            assert self._marks() == before

    def _student(self, who: str) -> PersonId:
        return PersonId(getattr(self.school, who))

    async def _work(self, kind: WorkKind) -> WorkId | None:
        async with self.storage.reading() as uow:
            ours = (LessonWork.lesson_id == self.school.algebra, LessonWork.kind == kind.value)
            question = select(LessonWork.id).where(*ours)
            found: int | None = (await uow.execute(question)).scalar_one_or_none()
            return None if found is None else WorkId(found)

    def _all(self, question: Any) -> list[Any]:
        async def ask() -> list[Any]:
            async with self.storage.reading() as uow:
                return list((await uow.execute(question)).all())

        found: list[Any] = self._wait(ask())
        return found

    def _marks(self) -> dict[tuple[int, int, int], Row]:
        columns = (Mark.work_id, Mark.student_id, Mark.rev, Mark.value, Mark.comment, Mark.request_id, Mark.entered_at)
        return {(row[0], row[1], row[2]): tuple(row) for row in self._all(select(*columns))}

    def _chains(self) -> dict[tuple[int, int], list[Row]]:
        chains: dict[tuple[int, int], list[Row]] = {}
        for key in sorted(self.rows):
            chains.setdefault(key[:2], []).append(self.rows[key])
        return chains

    def _last_days(self) -> dict[int, datetime]:
        """The first moment past each column's days: a week for a control work, the lesson's own for an answer."""
        question = select(LessonWork.id, LessonWork.kind, Lesson.on_date).join(
            Lesson, Lesson.id == LessonWork.lesson_id
        )
        days = {"control": timedelta(days=8), "answer": timedelta(days=1)}
        return {row.id: self.school.at("00:00", row.on_date + days[row.kind]) for row in self._all(question)}

    def _open_requests(self) -> list[RequestId]:
        question = select(CorrectionRequest.id).where(CorrectionRequest.state == "open")
        return [row.id for row in self._all(question.order_by(CorrectionRequest.id))]

    def _approved(self) -> dict[int, tuple[int, str | None]]:
        columns = (CorrectionRequest.id, CorrectionRequest.student_id, CorrectionRequest.wanted)
        rows = self._all(select(*columns).where(CorrectionRequest.state == "approved"))
        return {row.id: (row.student_id, row.wanted) for row in rows}

    def _told(self, work: int, student: int) -> str | None:
        """What a guardian of the student knows of the mark, or is about to."""
        guardian = self.school.mother_larina if student == self.school.larina else self.school.mother_onegina
        ours = (Item.recipient_id == guardian, Item.collapse_key == f"mark:{work}:{student}")
        rows = self._all(select(Item.state, Item.value).where(*ours, Item.state != "void").order_by(Item.id))
        waiting = [row.value for row in rows if row.state == "waiting"]
        told = [row.value for row in rows if row.state == "told"]
        return next(iter(waiting), told[-1] if told else None)


MarksMachine.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink whole school days takes longer than to read one
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
test_no_mark_vanishes_without_a_trace = pytest.mark.slow(MarksMachine.TestCase)
