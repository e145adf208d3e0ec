"""«Ознакомлен(а)» of finals: guardians say that they have seen the results, the homeroom teacher sees who has not.

What is acknowledged is what stood: the subject names student, scope and the moment of the newest result seen, so that
a result issued or corrected later asks once more (М Регл. 3). The word of one guardian is the family's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services import acknowledgements, words
from services.access import NotYourStudent, access_class, access_student
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.letters.reading import reminders
from services.outbox import items
from services.rules.finals import Scope
from services.rules.reading import just_after, moment_of, subject_of
from services.rules.regulation import Regulation
from services.rules.short_names import Named
from storage.repositories import acknowledgements as words_said
from storage.repositories import assignments as assigned
from storage.repositories import audit, diary, homeroom, recipients
from storage.repositories import finals as finals_rows
from storage.repositories import reading as rows
from storage.repositories.homeroom import Tie
from storage.uow import Storage, Uow
from storage.vocabulary import AcknowledgedKind, Channel, ClassId, PersonId, TermScope

KIND = AcknowledgedKind.RESULTS


class NothingIssued(SchoolError):
    """There is nothing to acknowledge yet."""

    sentence = N_("There are no results to read yet.")


class NobodySilent(SchoolError):
    """Every family that results were sent to has answered."""

    sentence = N_("There is nobody to remind: those who are silent get no letters.")


def _subject(one: rows.IssuedResults) -> str:
    return subject_of(one.scope, one.student_id, one.last_at)


@dataclass(frozen=True, slots=True)
class OwnReading:
    """How a guardian stands to a child's results. `seen`: the newest of them; `read_at`: when all were acknowledged."""

    seen: int
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What became of «Ознакомлен(а)»: when it was said (school time), and whether newer results wait to be read."""

    at: datetime
    newer: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """A guardian in the homeroom teacher's list. `told`: a letter of results went; `paper`: asked for paper."""

    id: PersonId
    name: Named
    told: bool
    paper: bool
    connected: bool
    read_at: datetime | None
    signed: bool


@dataclass(frozen=True, slots=True)
class FamilyReading:
    """A student with results, and the guardians."""

    student: Named
    subject: str
    guardians: tuple[Reader, ...]

    @property
    def read(self) -> bool:
        """Whether the family has said that it knows."""
        return any(one.read_at is not None for one in self.guardians)

    @property
    def reached(self) -> bool:
        """Whether the results came to anybody of the family."""
        return self.read or any(one.told for one in self.guardians)

    @property
    def on_paper(self) -> bool:
        """Whether the family signs the sheet: on paper by its wish, or nobody is connected."""
        return not any(one.connected for one in self.guardians) or any(one.paper for one in self.guardians)


@dataclass(frozen=True, slots=True)
class ClassReading:
    """Who of a class has read the results of a scope; `scopes`: those that have results, in their order."""

    class_id: ClassId
    name: str
    scope: Scope
    scopes: tuple[tuple[Scope, str, str], ...]  # with its words, and its words on a button
    families: tuple[FamilyReading, ...]
    today: date
    zone: ZoneInfo
    school: str

    @property
    def scope_words(self) -> str:
        """«1-я четверть»."""
        return next(said for scope, said, _short in self.scopes if scope == self.scope)

    @property
    def silent(self) -> list[FamilyReading]:
        """Who has not answered."""
        return [one for one in self.families if not one.read]

    @property
    def unreached(self) -> list[FamilyReading]:
        """To whom no letter went."""
        return [one for one in self.families if not one.reached]


class ResultsReading:
    """Takes families' word that they have seen the results, and shows it to the homeroom teacher."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def acknowledge(self, actor: Actor, student_id: PersonId, seen: int) -> Acknowledged:
        """A guardian has seen an own child's results up to a moment; said twice, the first time stands.

        Raises NotFoundHere, NotYourStudent (students see their results, their guardians answer), NothingIssued.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            student = await access_student(uow, actor, student_id, now.astimezone(actor.zone).date())
            if not student.guarded:
                raise NotYourStudent
            shown = await rows.issued(uow, [student_id], just_after(seen))
            if not shown:
                raise NothingIssued
            for one in shown:
                await acknowledgements.acknowledge(uow, actor, KIND, _subject(one), now)
            said = await words_said.of_subjects(uow, KIND, [_subject(one) for one in shown])
            stands = await rows.issued(uow, [student_id])
        at = max(one.at for one in said if one.person_id == actor.person_id)
        return Acknowledged(at.astimezone(actor.zone), {*map(_subject, stands)} != {*map(_subject, shown)})

    async def view(self, actor: Actor, class_id: ClassId, scope: Scope | None = None) -> ClassReading:
        """Who has read a scope's results, by default the newest. Raises NotFoundHere, NotYourClass, NothingIssued."""
        async with self._storage.reading() as uow:
            return await self._view(uow, actor, class_id, scope)

    async def sign(
        self,
        actor: Actor,
        class_id: ClassId,
        scope: Scope,
        student_id: PersonId,
        guardian_id: PersonId,
        *,
        signed: bool,
    ) -> ClassReading:
        """«Подпись на бумаге» of a guardian, or that there is none after all; a person's own word stays.

        Raises NotFoundHere, NotYourClass.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view = await self._view(uow, actor, class_id, scope)
            family = family_of(view, student_id)
            if guardian_id not in {one.id for one in family.guardians}:
                raise NotFoundHere
            if signed:
                changed = await words_said.add(
                    uow,
                    school_id=actor.school_id,
                    person_id=guardian_id,
                    kind=KIND,
                    subject=family.subject,
                    at=now,
                    entered_by=actor.person_id,
                )
            else:
                changed = await words_said.take_back(uow, guardian_id, KIND, family.subject)
            if not changed:
                return view
            await audit.note(
                uow,
                school_id=actor.school_id,
                actor_id=actor.person_id,
                at=now,
                action="signature_entered" if signed else "signature_taken_back",
                subject=f"results:{family.subject}",
                detail={"guardian": guardian_id},
            )
            return await self._view(uow, actor, class_id, scope)

    async def remind(self, actor: Actor, class_id: ClassId, scope: Scope) -> int:
        """Remind the silent families, and only them; how many. Once a day each, whoever presses.

        Raises NotFoundHere, NotYourClass, NobodySilent.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view = await self._view(uow, actor, class_id, scope)
            silent = [PersonId(one.student.id) for one in view.silent]
            told = [
                one
                for one in await recipients.recipients_of_students(uow, silent, view.today)
                if one.channel is not Channel.PAPER
            ]
            if not told:
                raise NobodySilent
            regulation = await self._regulation(uow, actor)
            await items.put(uow, reminders(told, scope, now, actor.zone, regulation, by_hand=True), now)
        return len({one.student_id for one in told})

    async def _regulation(self, uow: Uow, actor: Actor) -> Regulation:
        _name, _zone, stored = await diary.school(uow, actor.school_id)
        return Regulation.from_json(stored)

    async def _view(self, uow: Uow, actor: Actor, class_id: ClassId, scope: Scope | None) -> ClassReading:
        today = self._clock.now().astimezone(actor.zone).date()
        school_class = await access_class(uow, actor, class_id, today)
        school, _zone, _stored = await diary.school(uow, actor.school_id)
        people = await assigned.students(uow, class_id, None, today)
        found = await rows.issued(uow, [one.student_id for one in people])
        if not found:
            raise NothingIssued
        newest = max(found, key=lambda one: one.last_at)
        scope = scope or Scope.parse(newest.scope)
        issued = {one.student_id: one for one in found if one.scope == scope.key}
        if not issued:
            raise NothingIssued
        _subjects, terms = await finals_rows.titles(uow, [], actor.school_id)
        ties: dict[PersonId, list[Tie]] = {}
        for tie in await homeroom.ties(uow, class_id, today):
            ties.setdefault(tie.student_id, []).append(tie)
        guardians = {tie.guardian_id for own in ties.values() for tie in own}
        paper = await rows.on_paper(uow, guardians)
        told = {
            (one.student_id, one.guardian_id)
            for one in await rows.told(uow, list(issued), guardians)
            if one.scope == scope.key and one.told
        }
        said = {
            (one.subject, one.person_id): one
            for one in await words_said.of_subjects(uow, KIND, [_subject(one) for one in issued.values()])
        }
        families = []
        for student in people:
            if student.student_id not in issued:
                continue
            subject = _subject(issued[student.student_id])
            own = [
                _reader(tie, told, paper, said.get((subject, tie.guardian_id)), actor.zone)
                for tie in {tie.guardian_id: tie for tie in ties.get(student.student_id, [])}.values()
            ]
            name = Named(student.student_id, student.last_name, student.first_name, student.middle_name)
            families.append(FamilyReading(name, subject, tuple(own)))
        return ClassReading(
            class_id=class_id,
            name=school_class.name,
            scope=scope,
            scopes=_scopes({one.scope for one in found}, terms),
            families=tuple(families),
            today=today,
            zone=actor.zone,
            school=school,
        )


async def own_reading(uow: Uow, actor: Actor, student_id: PersonId) -> OwnReading | None:
    """How a guardian stands to a child's results; None where none was issued. The right is the caller's to ask."""
    shown = await rows.issued(uow, [student_id])
    if not shown:
        return None
    subjects = {_subject(one) for one in shown}
    said = [one for one in await words_said.of_subjects(uow, KIND, subjects) if one.person_id == actor.person_id]
    whole = {one.subject for one in said} == subjects
    read_at = max(one.at for one in said).astimezone(actor.zone) if whole else None
    return OwnReading(max(moment_of(one.last_at) for one in shown), read_at)


def family_of(view: ClassReading, student_id: PersonId) -> FamilyReading:
    """One family of the list. Raises NotFoundHere."""
    found = next((one for one in view.families if one.student.id == student_id), None)
    if found is None:
        raise NotFoundHere
    return found


def _reader(
    tie: Tie,
    told: Collection[tuple[PersonId, PersonId]],
    paper: Collection[PersonId],
    said: words_said.Acknowledged | None,
    zone: ZoneInfo,
) -> Reader:
    return Reader(
        id=tie.guardian_id,
        name=Named(tie.guardian_id, tie.last_name, tie.first_name, tie.middle_name),
        told=(tie.student_id, tie.guardian_id) in told,
        paper=tie.guardian_id in paper,
        connected=tie.account_id is not None and tie.recorded and tie.agrees and not tie.unreachable,
        read_at=None if said is None else said.at.astimezone(zone),
        signed=said is not None and said.on_paper,
    )


def _scopes(keys: Collection[str], terms: Mapping[str, tuple[object, int]]) -> tuple[tuple[Scope, str, str], ...]:
    order = list(TermScope)
    scopes: Sequence[Scope] = sorted(
        map(Scope.parse, keys), key=lambda one: (order.index(one.kind), terms.get(one.key, (None, 0))[1])
    )
    return tuple(
        (
            one,
            words.term_scope(one.kind, *terms.get(one.key, (None, 0))),  # type: ignore[arg-type]
            words.term_scope_button(one.kind, *terms.get(one.key, (None, 0))),  # type: ignore[arg-type]
        )
        for one in scopes
    )
