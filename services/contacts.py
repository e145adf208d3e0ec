"""Contacts: where a guardian's letters go besides Telegram, and which way is the first (О 1.6; М Регл. 3).

A guardian gives an address in the chat; the homeroom teacher or the administrator records one given in writing, or the
wish for paper. To an e-mail address letters go only after its owner pressed the link sent there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services import drafts
from services.access import access_class_office
from services.actor import Actor
from services.channels import handing_over
from services.channels.addresses import (
    NoMail,
    NoPapers,
    NothingThere,
    OwnChoice,
    TooManyLetters,
    TooSoon,
    read_address,
)
from services.channels.links import MailLinks
from services.clock import Clock
from services.errors import NotFoundHere
from services.outbox import items
from services.outbox.items import Fact
from services.rules import channels as rules
from services.rules import quiet_hours
from services.rules.regulation import Regulation
from storage.repositories import audit, diary, guardians, homeroom
from storage.repositories import contacts as rows
from storage.repositories.contacts import ContactRow as ContactRow
from storage.repositories.contacts import NewContact
from storage.repositories.homeroom import Tie
from storage.uow import Storage, Uow
from storage.vocabulary import (
    BotId,
    Channel,
    ClassId,
    ContactId,
    ContactState,
    DraftPurpose,
    ItemKind,
    PersonId,
    SchoolId,
)

MOST_LETTERS = 5  # that ask somebody for a confirmation, a day: nobody's mailbox is flooded through us
AGAIN_AFTER = timedelta(minutes=10)
LINK_LIVES = timedelta(days=7)
IN_CHAT = "chat"  # a source; the screen says it in the reader's language


@dataclass(frozen=True, slots=True)
class ContactsView:
    """How somebody's letters come. `first`: by what, None: by nothing; `offered`: whether the school sends e-mail.

    `asked`: a guardian is being asked for an address now; `newer`: an address that waits beside the confirmed `email`.
    """

    person_id: PersonId
    first: Channel | None
    email: ContactRow | None
    paper: ContactRow | None
    connected: bool
    offered: bool
    asked: bool = False
    newer: ContactRow | None = None


@dataclass(frozen=True, slots=True)
class WrittenContacts:
    """The same of a guardian of a class, as its homeroom teacher sees them."""

    class_id: ClassId
    guardian: str
    view: ContactsView


class Contacts:
    """Keeps the ways that letters take; without `links` the school sends no e-mail."""

    def __init__(self, storage: Storage, clock: Clock, links: MailLinks | None) -> None:
        self._storage = storage
        self._clock = clock
        self._links = links

    async def view(self, actor: Actor) -> ContactsView:
        """How the actor's letters come. Raises NotFoundHere for who is nobody's guardian."""
        async with self._storage.reading() as uow:
            await self._ensure_guardian(uow, actor)
            found = await self._view(uow, actor.person_id)
            awaited = await drafts.text_awaited(uow, actor, self._clock.now())
        if awaited:
            await drafts.leave(self._storage, actor, self._clock.now())
        return found

    async def ask(self, actor: Actor) -> ContactsView:
        """The next text is an address. Raises NoMail."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await self._ensure_guardian(uow, actor)
            self._ensure_mail()
            await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.CONTACT, {}, now)
            return await self._view(uow, actor.person_id, asked=True)

    async def ask_written(self, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> WrittenContacts:
        """The next text is the address that a guardian gave in writing. Raises NoMail, NoPapers, OwnChoice."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await self._guardian(uow, actor, class_id, guardian_id)
            self._ensure_mail()
            own = await self._unconnected(uow, actor, class_id, guardian_id)
            data = {"class": class_id, "guardian": guardian_id}
            await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.CONTACT, data, now)
            return await self._written(uow, class_id, own, asked=True)

    async def give(self, actor: Actor, text: str) -> ContactsView | WrittenContacts:
        """An address was typed: a letter that asks for its confirmation is on its way.

        Raises NoAddress, TooManyLetters, NoMail, NothingThere.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.take(uow, actor.bot_id, actor.user_id, DraftPurpose.CONTACT, now)
            if data is None:
                raise NothingThere
            self._ensure_mail()
            address = read_address(text)
            if "guardian" not in data:
                await self._ensure_guardian(uow, actor)
                await self._put_email(uow, actor, actor.person_id, address, IN_CHAT, now)
                return await self._view(uow, actor.person_id)
            class_id = ClassId(data["class"])
            own = await self._unconnected(uow, actor, class_id, PersonId(data["guardian"]))
            guardian_id = own[0].guardian_id
            source = await rows.application_of(uow, guardian_id)
            await self._put_email(uow, actor, guardian_id, address, source, now)
            return await self._written(uow, class_id, own)

    async def send_again(self, actor: Actor) -> ContactsView:
        """One more confirmation letter. Raises TooSoon, TooManyLetters, NothingThere, NoMail."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await self._ensure_guardian(uow, actor)
            self._ensure_mail()
            contact = await self._of(uow, actor.person_id, Channel.EMAIL, ContactState.ASKED)
            if contact is None:
                raise NothingThere
            if contact.asked_at is not None and now - contact.asked_at < AGAIN_AFTER:
                raise TooSoon
            await self._ask_for_confirmation(uow, contact.id, actor.person_id, actor.school_id, actor.bot_id, now)
            return await self._view(uow, actor.person_id)

    async def remove_email(self, actor: Actor) -> ContactsView:
        """The address goes. Raises NothingThere."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await self._ensure_guardian(uow, actor)
            await self._stop(uow, actor, actor.person_id, Channel.EMAIL, now)
            return await self._view(uow, actor.person_id)

    async def choose(self, actor: Actor, channel: Channel) -> ContactsView:
        """The way that is tried first. Raises NothingThere where the address isn't confirmed."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await self._ensure_guardian(uow, actor)
            person_id = actor.person_id
            if channel is Channel.EMAIL and await self._of(uow, person_id, channel, ContactState.CONFIRMED) is None:
                raise NothingThere
            paper = await self._of(uow, person_id, Channel.PAPER)
            if channel is Channel.PAPER and paper is None:
                await rows.add(uow, self._paper(actor, person_id, IN_CHAT, rules.FIRST, now))
            elif channel is not Channel.PAPER and paper is not None:
                await rows.stop(uow, paper.id, "other_way", now)
            ranks = [(one, rules.FIRST if one is channel else rank) for one, rank in rules.RESERVE.items()]
            await rows.put_ranks(uow, person_id, ranks)
            await handing_over.follow(uow, person_id, now)
            await _note(uow, actor, "contact.first", person_id, {"channel": channel.value}, now)
            return await self._view(uow, person_id)

    async def written(self, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> WrittenContacts:
        """How a guardian of the class is told. Raises NotFoundHere, NotYourClass."""
        async with self._storage.reading() as uow:
            found = await self._written(uow, class_id, await self._guardian(uow, actor, class_id, guardian_id))
            awaited = await drafts.text_awaited(uow, actor, self._clock.now())
        if awaited:
            await drafts.leave(self._storage, actor, self._clock.now())
        return found

    async def put_paper(self, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> WrittenContacts:
        """«На бумаге»: asked for in writing (О 1.6). Raises NoPapers, OwnChoice."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            own = await self._unconnected(uow, actor, class_id, guardian_id)
            if await self._of(uow, guardian_id, Channel.PAPER) is None:
                rank = rules.RESERVE[Channel.PAPER]
                source = await rows.application_of(uow, guardian_id)
                contact_id = await rows.add(uow, self._paper(actor, guardian_id, source, rank, now))
                await handing_over.follow(uow, guardian_id, now)
                await _note(uow, actor, "contact.paper", guardian_id, {"contact": contact_id}, now)
            return await self._written(uow, class_id, own)

    async def remove_written(
        self, actor: Actor, class_id: ClassId, guardian_id: PersonId, channel: Channel
    ) -> WrittenContacts:
        """A contact given in writing was taken back. Raises NothingThere, OwnChoice."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            own = await self._unconnected(uow, actor, class_id, guardian_id)
            await self._stop(uow, actor, guardian_id, channel, now)
            return await self._written(uow, class_id, own)

    async def confirm_by_link(self, token: str) -> str | None:
        """The owner of the mailbox pressed the link's button: whose language; None: wrong, used or too late."""
        if self._links is None:
            return None
        now = self._clock.now()
        kept = self._links.kept(token)
        async with self._storage.writing() as uow:
            contact = await rows.by_secret(uow, kept)
            if contact is None or contact.asked_at is None or now - contact.asked_at > LINK_LIVES:
                return None
            await rows.replace(uow, contact, now)
            if not await rows.confirm(uow, contact.id, kept, now):
                return None
            await handing_over.follow(uow, contact.person_id, now)
            await _note_of(uow, contact, "contact.confirm", now)
            return contact.locale

    async def stop_by_link(self, token: str) -> str | None:
        """One click in a letter ends the letters there: whose language; None: wrong or used before."""
        contact_id = None if self._links is None else self._links.stopped(token)
        if contact_id is None:
            return None
        now = self._clock.now()
        async with self._storage.writing() as uow:
            contact = await rows.find(uow, contact_id)
            if contact is None or await rows.stop(uow, contact_id, "unsubscribed", now) is None:
                return None
            await handing_over.follow(uow, contact.person_id, now)
            await _note_of(uow, contact, "contact.unsubscribe", now)
            return contact.locale

    # Within a unit of work

    async def _view(self, uow: Uow, person_id: PersonId, *, asked: bool = False) -> ContactsView:
        standing = {(one.channel, one.state): one for one in await rows.standing(uow, person_id)}
        confirmed = standing.get((Channel.EMAIL, ContactState.CONFIRMED))
        waits = standing.get((Channel.EMAIL, ContactState.ASKED))
        ways = (await rows.ways(uow, [person_id]))[person_id]
        connected = any(channel is Channel.TELEGRAM for _rank, channel in ways)
        return ContactsView(
            person_id=person_id,
            first=next(iter(rules.ordered(ways)), None),
            email=confirmed or waits,
            paper=standing.get((Channel.PAPER, ContactState.CONFIRMED)),
            connected=connected,
            offered=self._links is not None,
            asked=asked,
            newer=waits if confirmed is not None else None,
        )

    async def _written(self, uow: Uow, class_id: ClassId, own: list[Tie], *, asked: bool = False) -> WrittenContacts:
        name = " ".join(part for part in (own[0].last_name, own[0].first_name, own[0].middle_name) if part)
        return WrittenContacts(class_id, name, await self._view(uow, own[0].guardian_id, asked=asked))

    async def _ensure_guardian(self, uow: Uow, actor: Actor) -> None:
        today = self._clock.now().astimezone(actor.zone).date()
        if not await guardians.children(uow, actor.person_id, today):
            raise NotFoundHere

    def _ensure_mail(self) -> None:
        if self._links is None:
            raise NoMail

    async def _guardian(self, uow: Uow, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> list[Tie]:
        """The ties of a guardian to a class that the actor keeps the access of. Raises NotFoundHere, NotYourClass."""
        today = self._clock.now().astimezone(actor.zone).date()
        await access_class_office(uow, actor, class_id, today)
        own = [tie for tie in await homeroom.ties(uow, class_id, today) if tie.guardian_id == guardian_id]
        if not own:
            raise NotFoundHere
        return own

    async def _unconnected(self, uow: Uow, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> list[Tie]:
        own = await self._guardian(uow, actor, class_id, guardian_id)
        if not any(tie.recorded for tie in own):
            raise NoPapers
        if own[0].account_id is not None:
            raise OwnChoice
        return own

    async def _of(
        self, uow: Uow, person_id: PersonId, channel: Channel, state: ContactState | None = None
    ) -> ContactRow | None:
        standing = [one for one in await rows.standing(uow, person_id) if one.channel is channel]
        return next((one for one in standing if state in (None, one.state)), None)

    def _paper(self, actor: Actor, person_id: PersonId, source: str, rank: int, now: datetime) -> NewContact:
        on = now.astimezone(actor.zone).date()
        return NewContact(actor.school_id, person_id, Channel.PAPER, "", ContactState.CONFIRMED, source, on, rank, None)

    async def _put_email(
        self, uow: Uow, actor: Actor, person_id: PersonId, address: str, source: str, now: datetime
    ) -> None:
        """A new address waits for its confirmation; until then letters go on to the one confirmed before."""
        standing = await self._of(uow, person_id, Channel.EMAIL)
        waits = await self._of(uow, person_id, Channel.EMAIL, ContactState.ASKED)
        if waits is not None:
            await rows.stop(uow, waits.id, "replaced", now)
        contact_id = await rows.add(
            uow,
            NewContact(
                actor.school_id,
                person_id,
                Channel.EMAIL,
                address,
                ContactState.ASKED,
                source,
                now.astimezone(actor.zone).date(),
                rules.RESERVE[Channel.EMAIL] if standing is None else standing.rank,
                now,
            ),
        )
        await handing_over.follow(uow, person_id, now)
        await self._ask_for_confirmation(uow, contact_id, person_id, actor.school_id, actor.bot_id, now)
        await _note(uow, actor, "contact.email", person_id, {"contact": contact_id}, now)

    async def _ask_for_confirmation(
        self, uow: Uow, contact_id: ContactId, person_id: PersonId, school_id: SchoolId, bot_id: BotId, now: datetime
    ) -> None:
        assert self._links is not None, "asked for before"
        if await rows.asked_since(uow, person_id, now - timedelta(days=1)) >= MOST_LETTERS:
            raise TooManyLetters
        kept = self._links.kept(self._links.confirm_token(contact_id, now))
        await rows.await_confirmation(uow, contact_id, kept, now)
        _name, _zone, stored = await diary.school(uow, school_id)
        timing = quiet_hours.timing(ItemKind.CONTACT, Regulation.from_json(stored))
        fact = Fact(
            school_id=school_id,
            bot_id=bot_id,
            recipient_id=person_id,
            kind=ItemKind.CONTACT,
            bundle=f"contact:{contact_id}",
            collapse_key=f"contact:{contact_id}:{now:%y%m%d%H%M%S}",
            value=str(contact_id),
            priority=timing.priority,
            due_at=now,
            cap_at=now,
            expires_at=None if timing.expires is None else now + timing.expires,
            channel=Channel.EMAIL,
        )
        await items.put(uow, [fact], now)

    async def _stop(self, uow: Uow, actor: Actor, person_id: PersonId, channel: Channel, now: datetime) -> None:
        ends = [one for one in await rows.standing(uow, person_id) if one.channel is channel]
        if not ends:
            raise NothingThere
        for contact in ends:
            await rows.stop(uow, contact.id, "taken_back", now)
            await _note(uow, actor, "contact.stop", person_id, {"contact": contact.id}, now)
        await handing_over.follow(uow, person_id, now)


async def _note(
    uow: Uow, actor: Actor, action: str, person_id: PersonId, detail: dict[str, object], now: datetime
) -> None:
    await audit.note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=f"person:{person_id}",
        detail=detail,
    )


async def _note_of(uow: Uow, contact: ContactRow, action: str, now: datetime) -> None:
    """By a link in a letter: the mailbox's owner did it."""
    await audit.note(
        uow,
        school_id=contact.school_id,
        actor_id=contact.person_id,
        at=now,
        action=action,
        subject=f"person:{contact.person_id}",
        detail={"contact": contact.id},
    )
