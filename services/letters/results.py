"""Letters about term, year and exam results: one a day and child for all that was issued (М Регл. 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services import words
from services.letters import news
from services.letters.diary_news import Written
from services.letters.reader import Reader
from services.letters.reading import reminders
from services.letters.typeset import fits, in_sentence, typeset
from services.outbox.items import Fact
from services.outbox.transport import DueItem
from services.rules import finals as rules
from services.rules import quiet_hours
from services.rules.finals import Scope
from services.rules.reading import moment_of
from services.rules.regulation import Regulation
from storage.repositories import diary
from storage.repositories import finals as rows
from storage.repositories.recipients import Recipient
from storage.uow import Uow
from storage.vocabulary import ItemKind, PersonId, SubjectId

KEY = "term_mark"


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A subject's result: its value in words, and what was told before."""

    subject: str
    value: str
    was: str | None


@dataclass(frozen=True, slots=True)
class ResultBlock:
    """The results for one scope, «1-я четверть»."""

    scope: str
    lines: list[ResultLine]


def results_issued(
    recipients: Sequence[Recipient],
    *,
    subject_id: SubjectId,
    scope: Scope,
    values: Mapping[PersonId, str],
    due_at: datetime | None,
    now: datetime,
    zone: ZoneInfo,
    regulation: Regulation,
) -> list[Fact]:
    """Students' results in a subject were issued or corrected; `due_at`: until when families must know of an exam's.

    The next evening whoever has not said that they know is reminded, once for a scope.
    """
    row = quiet_hours.timing(ItemKind.TERM_RESULT, regulation)
    facts = []
    for one in recipients:
        value = values.get(one.student_id)
        if value is None:
            continue
        told_at = rules.told_at(now, due_at, news.hours_of(one, regulation), zone, regulation)
        facts.append(
            Fact(
                school_id=one.school_id,
                bot_id=one.bot_id,
                recipient_id=one.person_id,
                kind=ItemKind.TERM_RESULT,
                bundle=f"results:{one.student_id}:{told_at.astimezone(zone).date().isoformat()}",
                collapse_key=f"{KEY}:{one.student_id}:{subject_id}:{scope.key}",
                value=value,
                priority=row.priority,
                due_at=told_at,
                cap_at=told_at,
                expires_at=None,
                student_id=one.student_id,
                channel=one.channel,
            )
        )
        facts += reminders([one], scope, told_at, zone, regulation)
    return facts


async def results(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """The letter of one child's results, each as it stands; None where none of them stands any more.

    What doesn't fit waits for the next letter.
    """
    student_id = items[0].student_id
    assert student_id is not None, "results are about a student"
    about = {item.id: _about(item) for item in items}
    stands = {
        (mark.subject_id, mark.scope): mark
        for mark in await rows.standing(uow, [student_id], None, {scope.key for _, scope in about.values()})
        if mark.issued
    }
    told = [
        item for item in items if item.value is not None and _value(stands.get(_place(about[item.id]))) == item.value
    ]
    if not told:
        return None
    names = await diary.names(uow, [student_id])
    name = reader.called(names[student_id])
    subjects, terms = await rows.titles(uow, {subject for subject, _ in about.values()}, reader.school_id)
    order = sorted(told, key=lambda item: (_order(about[item.id][1], terms), subjects[about[item.id][0]]))
    while True:
        blocks: list[ResultBlock] = []
        for item in order:
            subject_id, scope = about[item.id]
            title = words.term_scope(scope.kind, *terms.get(scope.key, (None, 0)))
            if not blocks or blocks[-1].scope != title:
                blocks.append(ResultBlock(title, []))
            assert item.value is not None
            was = None if item.base is None else words.term_mark(item.base)
            blocks[-1].lines.append(ResultLine(in_sentence(subjects[subject_id]), words.term_mark(item.value), was))
        text = typeset("results", name=name, blocks=blocks)
        if fits(text) or len(order) == 1:
            seen = max(moment_of(stands[_place(about[item.id])].entered_at) for item in order)
            return Written(text, tuple(item.id for item in order), (student_id,), seen=seen)
        order = order[: len(order) * 3 // 4]


def _about(item: DueItem) -> tuple[SubjectId, Scope]:
    _key, _student, subject, scope = item.collapse_key.split(":", 3)
    return SubjectId(int(subject)), Scope.parse(scope)


def _value(mark: rows.StandingTermMark | None) -> str | None:
    return None if mark is None else mark.value


def _place(about: tuple[SubjectId, Scope]) -> tuple[SubjectId, str]:
    return about[0], about[1].key


def _order(scope: Scope, terms: Mapping[str, tuple[object, int]]) -> tuple[int, int]:
    kinds = list(type(scope.kind))
    return kinds.index(scope.kind), terms.get(scope.key, (None, 0))[1]
