"""Drafts of broadcasts: whom it is for, text, files and options, the preview, and the minute in which it is held."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services import drafts
from services.actor import Actor
from services.broadcasts import audience as audiences
from services.broadcasts import content as contents
from services.broadcasts.audience import OFFICE, Audience
from services.broadcasts.content import Content, content_of
from services.broadcasts.refusals import (
    BroadcastChanged,
    BroadcastEmpty,
    BroadcastGone,
    BroadcastNotAwaited,
    BroadcastUnderWay,
    NobodyChosen,
    NobodyToReach,
    NoBroadcasts,
    NothingToCancel,
    QuestionNeedsText,
    TooManyBroadcastFiles,
)
from services.broadcasts.views import (
    Candidate,
    ClassChoice,
    Desk,
    DraftView,
    FamilyChoice,
    Held,
    Listed,
    Part,
    Preview,
    Reach,
    SchoolChoice,
)
from services.clock import Clock
from services.errors import NotFoundHere
from services.i18n import gettext
from services.letters.broadcasts import written
from services.rules import quiet_hours
from services.rules.regulation import Regulation
from storage.repositories import absences, audit, diary, homeroom, rights, subgroups
from storage.repositories import audiences as audience_rows
from storage.repositories import broadcasts as rows
from storage.repositories.broadcasts import BroadcastRow
from storage.repositories.homework import NewFile
from storage.uow import Storage, Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AudienceKind,
    BroadcastId,
    BroadcastState,
    ClassId,
    DraftPurpose,
    PersonId,
    QuestionKind,
)

PURPOSE = DraftPurpose.BROADCAST
LISTED = 24
GIST = 40


class Broadcasts:
    """The office where broadcasts are written."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def desk(self, actor: Actor) -> Desk:
        """«Рассылка». Raises NoBroadcasts."""
        today = self._today(actor)
        async with self._storage.reading() as uow:
            classes = await homeroom.led_classes(uow, actor.person_id, today) if actor.roles & STAFF_ROLES else []
            office = bool(actor.roles & OFFICE)
            if not classes and not office:
                raise NoBroadcasts
            listed = await rows.of_author(uow, actor.person_id, LISTED)
        return Desk(classes, office, [_listed(one, actor) for one in listed], today)

    async def of_class(self, actor: Actor, class_id: ClassId) -> ClassChoice:
        """Whom of an own class. Raises NotFoundHere, NotYourAudience."""
        today = self._today(actor)
        async with self._storage.reading() as uow:
            wanted = Audience(AudienceKind.CHOSEN, class_id)
            await audiences.authorised(uow, actor.school_id, actor.person_id, actor.roles, wanted, today)
            found = await rights.school_class(uow, class_id, actor.school_id, actor.person_id, today)
            assert found is not None, "authorised"
            parts = await subgroups.parts(uow, class_id)
            missing = await absences.absent(uow, class_id, today, today)
        absent = len({one.student_id for one in missing})
        return ClassChoice(class_id, found.name, [Part(one.id, one.name) for one in parts], absent)

    async def of_school(self, actor: Actor) -> SchoolChoice:
        """Parallels and classes, for the administration. Raises NoBroadcasts."""
        if not actor.roles & OFFICE:
            raise NoBroadcasts
        async with self._storage.reading() as uow:
            found = await audience_rows.classes(uow, actor.school_id, self._today(actor))
        return SchoolChoice(sorted({one.level for one in found}), found)

    async def begin(self, actor: Actor, wanted: Audience) -> DraftView:
        """A new draft, in the place of an older one; its text is awaited. Raises NotFoundHere, NotYourAudience."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            allowed = await self._allowed(uow, actor, wanted, now)
            await rows.drop_drafts(uow, actor.person_id)
            id_ = await rows.add(uow, actor.school_id, actor.person_id, allowed.to_json(), now)
            return await self._shown(uow, actor, id_, now)

    async def open(self, actor: Actor, broadcast_id: BroadcastId) -> DraftView | Held:
        """The draft, whose text is awaited again, or the minute it is held in. Raises BroadcastGone, …"""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await rows.find(uow, broadcast_id)
            if row is not None and row.author_id == actor.person_id and row.state is BroadcastState.HELD:
                return await self._held(uow, actor, row)
            await self._draft(uow, actor, broadcast_id, now)
            return await self._shown(uow, actor, broadcast_id, now)

    async def families(self, actor: Actor, broadcast_id: BroadcastId) -> FamilyChoice:
        """Of whose children the families are chosen. Raises BroadcastGone."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            return await self._families(uow, actor, await self._draft(uow, actor, broadcast_id, now), now)

    async def pick(self, actor: Actor, broadcast_id: BroadcastId, student_id: PersonId, wanted: bool) -> FamilyChoice:
        """With this student's family, or without. Raises NotFoundHere, BroadcastGone."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._draft(uow, actor, broadcast_id, now)
            view = await self._families(uow, actor, row, now)
            if all(one.student_id != student_id for one in view.candidates):
                raise NotFoundHere
            chosen = Audience.from_json(row.audience).choosing(student_id, wanted)
            await _change(uow, row, audience=chosen.to_json())
            return await self._families(uow, actor, await self._draft(uow, actor, broadcast_id, now), now)

    async def type(self, actor: Actor, text: str) -> DraftView:
        """The awaited text, or the options of the question. Raises BroadcastTooLong, OptionsUnclear, …"""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row, data = await self._awaited(uow, actor, now)
            if data.get("options"):
                options = contents.options_in(text)
                await _change(uow, row, question={"kind": QuestionKind.CHOICE.value, "options": options})
            else:
                kept = contents.tidy(text)
                if not kept:
                    raise BroadcastEmpty
                await _change(uow, row, text=kept)
            return await self._shown(uow, actor, row.id, now)

    async def attach(self, actor: Actor, file: NewFile, caption: str, album: str | None = None) -> DraftView:
        """A photo or document besides; its caption is the text. Raises TooManyBroadcastFiles, BroadcastTooLong."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row, data = await self._awaited(uow, actor, now)
            if len(contents.files_of(row)) >= contents.MOST_FILES:
                raise TooManyBroadcastFiles
            kept = contents.tidy(caption)
            await _change(uow, row, files=contents.with_file(row, file), **({"text": kept} if kept else {}))
            same = album is not None and data.get("album") == album
            return await self._shown(uow, actor, row.id, now, album, data.get("prompt"), same_album=same)

    async def asked_in(self, actor: Actor, message_id: int) -> None:
        """Remember the message that speaks of the draft, for the other files of an album."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            if data is not None:
                again = {**data, "prompt": message_id}
                await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, again, now)

    async def set(self, actor: Actor, broadcast_id: BroadcastId, **options: Any) -> DraftView:
        """Other options: `asks_reading`, `urgent`, `question` and `files` as they are stored. Raises BroadcastGone."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._draft(uow, actor, broadcast_id, now)
            await _change(uow, row, **options)
            return await self._shown(uow, actor, broadcast_id, now)

    async def ask_options(self, actor: Actor, broadcast_id: BroadcastId) -> DraftView:
        """The options of a question are awaited. Raises BroadcastGone."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._draft(uow, actor, broadcast_id, now)
            view = await self._shown(uow, actor, broadcast_id, now)
            data = {"broadcast": int(row.id), "options": True}
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            return view

    async def drop(self, actor: Actor, broadcast_id: BroadcastId) -> None:
        """Throw the draft away. Raises BroadcastGone, BroadcastUnderWay."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await self._draft(uow, actor, broadcast_id, now)
            await rows.drop_drafts(uow, actor.person_id)
            await drafts.drop(uow, actor.bot_id, actor.user_id)

    async def preview(self, actor: Actor, broadcast_id: BroadcastId) -> Preview:
        """The letter as its readers will see it, and how many they are. Raises why it can't be sent yet."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            row = await self._draft(uow, actor, broadcast_id, now)
            return await self._preview(uow, actor, row, now)

    async def send(self, actor: Actor, broadcast_id: BroadcastId, seen: int) -> Held:
        """«Отправить»: held for a minute, in which it may be cancelled. Raises BroadcastChanged, NobodyToReach, …"""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await rows.lock(uow, broadcast_id)
            if row is not None and row.author_id == actor.person_id and row.state is BroadcastState.HELD:
                return await self._held(uow, actor, row)  # a double tap
            row = await self._draft(uow, actor, broadcast_id, now)
            if row.rev != seen:
                raise BroadcastChanged
            view = await self._preview(uow, actor, row, now)
            if not view.reach.by_channel:
                raise NobodyToReach
            at = now + timedelta(seconds=view.hold_seconds)
            await rows.change(uow, row.id, [BroadcastState.DRAFT], state=BroadcastState.HELD.value, send_at=at)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            detail = {"kind": row.audience["kind"], "people": view.reach.people, "urgent": row.urgent}
            await _note(uow, actor, row.id, "broadcast_sent", now, detail)
            return Held(view.content, at.astimezone(actor.zone), view.hold_seconds)

    async def cancel(self, actor: Actor, broadcast_id: BroadcastId) -> DraftView:
        """«Отменить» within the minute: it is a draft again. Raises NothingToCancel."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await rows.lock(uow, broadcast_id)
            if row is None or row.author_id != actor.person_id:
                raise NotFoundHere
            if row.state is not BroadcastState.DRAFT:
                held = row.state is BroadcastState.HELD
                # The draft that was begun meanwhile gives way: one is written at a time.
                if held:
                    await rows.drop_drafts(uow, actor.person_id)
                back = {"state": BroadcastState.DRAFT.value, "send_at": None, "rev": row.rev + 1}
                if not held or not await rows.change(uow, row.id, [BroadcastState.HELD], **back):
                    raise NothingToCancel
                await _note(uow, actor, row.id, "broadcast_cancelled", now, {})
            return await self._shown(uow, actor, broadcast_id, now)

    # What all of them need

    def _today(self, actor: Actor) -> date:
        return self._clock.now().astimezone(actor.zone).date()

    async def _allowed(self, uow: Uow, actor: Actor, wanted: Audience, now: datetime) -> Audience:
        today = now.astimezone(actor.zone).date()
        if wanted.kind is AudienceKind.ABSENT and wanted.on is None:
            wanted = Audience(wanted.kind, wanted.of, wanted.ids, today)
        return await audiences.authorised(uow, actor.school_id, actor.person_id, actor.roles, wanted, today)

    async def _draft(self, uow: Uow, actor: Actor, broadcast_id: BroadcastId, now: datetime) -> BroadcastRow:
        """An own draft whose audience may still be written to. Raises BroadcastGone, BroadcastUnderWay, …"""
        row = await rows.find(uow, broadcast_id)
        if row is None or row.school_id != actor.school_id or row.author_id != actor.person_id:
            raise BroadcastGone  # the same answer for «thrown away» and «somebody else's»
        if row.state is not BroadcastState.DRAFT:
            raise BroadcastUnderWay
        await self._allowed(uow, actor, Audience.from_json(row.audience), now)
        return row

    async def _awaited(self, uow: Uow, actor: Actor, now: datetime) -> tuple[BroadcastRow, dict[str, Any]]:
        data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
        if data is None:
            raise BroadcastNotAwaited
        return await self._draft(uow, actor, BroadcastId(data["broadcast"]), now), data

    async def _shown(
        self,
        uow: Uow,
        actor: Actor,
        broadcast_id: BroadcastId,
        now: datetime,
        album: str | None = None,
        prompt: int | None = None,
        *,
        same_album: bool = False,
    ) -> DraftView:
        """The draft as it stands now; text and files are awaited."""
        row = await rows.find(uow, broadcast_id)
        assert row is not None, "it is in this transaction"
        data: dict[str, Any] = {"broadcast": int(row.id), "album": album}
        if prompt is not None and same_album:
            data["prompt"] = prompt
        await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
        chooses = Audience.from_json(row.audience).kind is AudienceKind.CHOSEN
        return DraftView(await _content(uow, row), chooses, same_album, prompt if same_album else None)

    async def _families(self, uow: Uow, actor: Actor, row: BroadcastRow, now: datetime) -> FamilyChoice:
        audience = Audience.from_json(row.audience)
        if audience.kind is not AudienceKind.CHOSEN or audience.of is None:
            raise NotFoundHere
        today = now.astimezone(actor.zone).date()
        found = await rights.school_class(uow, audience.of, actor.school_id, actor.person_id, today)
        candidates = [
            Candidate(one.student_id, one.last_name, one.first_name, one.middle_name, one.student_id in audience.ids)
            for one in await subgroups.enrolled(uow, audience.of, today)
        ]
        return FamilyChoice(row.id, "" if found is None else found.name, candidates)

    async def _preview(self, uow: Uow, actor: Actor, row: BroadcastRow, now: datetime) -> Preview:
        audience = Audience.from_json(row.audience)
        if audience.kind is AudienceKind.CHOSEN and not audience.ids:
            raise NobodyChosen
        if not row.text and not contents.files_of(row):
            raise BroadcastEmpty
        if row.question and not row.text:
            raise QuestionNeedsText
        _name, timezone, stored = await diary.school(uow, row.school_id)
        regulation = Regulation.from_json(stored)
        people = await audiences.resolve(uow, row.school_id, audience, now)
        ways = Counter(one.channel for one in people if one.channel is not None)
        reach = Reach(len(people), dict(ways), sum(one.channel is None for one in people))
        usual = quiet_hours.default_hours(regulation)
        goes = quiet_hours.after_quiet(now, usual, ZoneInfo(timezone))
        quiet = goes.astimezone(actor.zone) if goes > now and not row.urgent else None
        content = await _content(uow, row)
        return Preview(content, await written(uow, row), reach, regulation.broadcast_hold_seconds, quiet)

    async def _held(self, uow: Uow, actor: Actor, row: BroadcastRow) -> Held:
        assert row.send_at is not None, "held until then"
        _name, _timezone, stored = await diary.school(uow, row.school_id)
        seconds = Regulation.from_json(stored).broadcast_hold_seconds
        return Held(await _content(uow, row), row.send_at.astimezone(actor.zone), seconds)


async def _content(uow: Uow, row: BroadcastRow) -> Content:
    return content_of(row, await audiences.said(uow, row.school_id, Audience.from_json(row.audience)))


async def _change(uow: Uow, row: BroadcastRow, **values: Any) -> None:
    if not await rows.change(uow, row.id, [BroadcastState.DRAFT], rev=row.rev + 1, **values):
        raise BroadcastUnderWay


def _listed(row: BroadcastRow, actor: Actor) -> Listed:
    at = (row.send_at or row.created_at).astimezone(actor.zone)
    blank = not row.text and not row.files
    gist = gettext("no text yet") if blank else contents.gist(row.text, contents.files_of(row), GIST)
    return Listed(row.id, gist, row.state, at)


async def _note(
    uow: Uow, actor: Actor, broadcast_id: BroadcastId, action: str, now: datetime, detail: dict[str, Any]
) -> None:
    await audit.note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=f"broadcast:{broadcast_id}",
        detail=detail,
    )
