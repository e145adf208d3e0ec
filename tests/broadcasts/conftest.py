"""A school with a mailbox, and its broadcasts as short commands."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from services.broadcasts.answers import BroadcastReplies
from services.broadcasts.audience import Audience
from services.broadcasts.progress import BroadcastProgress
from services.broadcasts.sending import Sending
from services.broadcasts.writing import Broadcasts
from storage.uow import Storage
from storage.vocabulary import AudienceKind, BroadcastId, PersonId, Role
from tests.letters.mailbox import Mailbox
from tests.school import found, guard, person

HELD = timedelta(seconds=60)


@dataclass
class Office:
    """The offices of broadcasts over one school, and the tick."""

    box: Mailbox
    writing: Broadcasts
    sending: Sending
    progress: BroadcastProgress
    replies: BroadcastReplies

    async def drafts(self, author: PersonId, audience: Audience, text: str, **options: object) -> BroadcastId:
        """A draft with a text and options."""
        actor = self.box.cast.actor(author)
        id_ = (await self.writing.begin(actor, audience)).content.id
        await self.writing.type(actor, text)
        if options:
            await self.writing.set(actor, id_, **options)
        return id_

    async def sends(self, author: PersonId, audience: Audience, text: str, **options: object) -> BroadcastId:
        """A broadcast whose minute is over, all put."""
        id_ = await self.drafts(author, audience, text, **options)
        await self.presses(author, id_)
        return id_

    async def presses(self, author: PersonId, id_: BroadcastId) -> None:
        """«Отправить», and the minute passes."""
        actor = self.box.cast.actor(author)
        await self.writing.send(actor, id_, (await self.writing.preview(actor, id_)).content.rev)
        await self.passes(HELD)

    async def passes(self, time: timedelta = timedelta(seconds=3)) -> None:
        """The clock moves, and the tick sees it."""
        clock = self.box.cast.clock
        clock.advance(time)
        await self.sending(clock.now())

    def of_7b(self, kind: AudienceKind = AudienceKind.CLASS) -> Audience:
        """Families of 7Б, or others of it."""
        return Audience(kind, self.box.cast.class_7b)


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    return Mailbox(storage, await found(storage))


@pytest.fixture
def office(box: Mailbox) -> Office:
    storage, clock = box.storage, box.cast.clock
    sending = Sending(storage, clock)
    return Office(
        box,
        Broadcasts(storage, clock),
        sending,
        BroadcastProgress(storage, clock, sending),
        BroadcastReplies(storage, clock, sending),
    )


async def more_families(office: Office, count: int, *, connected: bool = True) -> list[PersonId]:
    """So many more guardians in 7Б, of one child each."""
    school, made = office.box.cast, []
    async with office.box.storage.writing() as uow:
        for number in range(count):
            one = await person(uow, school, f"Новая{number} Мать", Role.GUARDIAN, connected=connected)
            await guard(uow, school, one, school.students[number % len(school.students)])
            made.append(one)
    return made
