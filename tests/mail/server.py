"""A mail server on a port of its own, and the postman of e-mail at work."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import delete, insert, select, update

from bot.mail import mail_postman
from bot.settings import Settings
from services.clock import machine_now
from services.outbox.limits import Limits
from services.outbox.outcomes import SECOND_COPY
from services.outbox.postman import Postman
from storage.models.delivery import Item, Letter
from storage.models.family import Contact
from storage.models.people import Consent, TelegramAccount
from storage.models.school import School
from storage.repositories import owner, unreached
from storage.repositories.unreached import Loss
from storage.uow import Storage
from storage.vocabulary import Channel, ContactId, ContactState, PersonId
from tests.school import BOT, TODAY, Cast
from tests.support.waiting import eventually

ADDRESS = "larin@example.ru"


@dataclass
class MailServer:
    """Takes letters; `script` holds answers to MAIL, RCPT and DATA that take the place of «250», in order."""

    port: int = 0
    arrived: list[EmailMessage] = field(default_factory=list)
    script: dict[str, list[str]] = field(default_factory=dict)
    asked: int = 0

    def _say(self, step: str) -> str | None:
        self.asked += step == "MAIL"
        waiting = self.script.get(step)
        return waiting.pop(0) if waiting else None

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._say("MAIL") or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._say("RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._say("DATA")
        if answer is None or answer == "drop":
            assert envelope.content is not None
            made = message_from_bytes(bytes(envelope.content), policy=default)  # type: ignore[arg-type]
            assert isinstance(made, EmailMessage)
            self.arrived.append(made)
        if answer == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK" if answer in (None, "drop") else str(answer)

    def body(self, place: int = -1, kind: str = "plain") -> str:
        """A letter's plain text, or its HTML."""
        part = self.arrived[place].get_body((kind,))
        assert part is not None
        return str(part.get_content())


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """A server while the block lasts."""
    loop, made = asyncio.get_running_loop(), MailServer()
    listening = await loop.create_server(lambda: SMTP(made, loop=loop, enable_SMTPUTF8=True), "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        listening.close()
        await listening.wait_closed()


def settings_of(port: int) -> Settings:
    """Settings of a school that sends e-mail."""
    return Settings(
        _env_file=None,
        secret_key="a key of the mail tests",
        smtp_url=f"smtp://127.0.0.1:{port}",
        mail_from="Школа № 1 <school@example.org>",
        public_url="https://school.example.org",
    )


@dataclass
class MailPost:
    """The postman of e-mail, and what the base holds."""

    storage: Storage
    cast: Cast
    server: MailServer
    postman: Postman

    async def rows(self, model: Any, *conditions: Any) -> list[Any]:
        table = model.__table__
        async with self.storage.reading() as uow:
            return list((await uow.execute(select(table).where(*conditions).order_by(table.c.id))).all())

    async def until(self, happened: Callable[[list[Any]], bool], model: Any = Letter) -> list[Any]:
        """The rows as soon as they are so."""
        found: list[Any] = []
        done = asyncio.Event()

        async def look() -> None:
            while not done.is_set():
                found[:] = await self.rows(model)
                if happened(found):
                    done.set()
                self.postman.wake()
                await asyncio.sleep(0.02)

        looking = asyncio.ensure_future(look())
        await eventually(done.is_set)
        await looking
        return found

    async def arrives(self, count: int = 1) -> EmailMessage:
        """The last of so many letters, settled."""
        await self.until(lambda letters: sum(one.state == "sent" for one in letters) >= count)
        assert len(self.server.arrived) == count
        return self.server.arrived[-1]

    async def lost(self) -> list[Loss]:
        async with self.storage.reading() as uow:
            return await unreached.lost(uow, self.cast.clock.now(), machine_now(), SECOND_COPY)


@asynccontextmanager
async def post_at_work(storage: Storage, cast: Cast, *, epoch: int = 1) -> AsyncIterator[MailPost]:
    """A server and the postman that writes to it."""
    async with mail_server() as server:
        make = mail_postman(settings_of(server.port), storage, cast.clock, Limits.off(), care_every=0.05)
        assert make is not None
        postman = make(BOT, lambda work, name: asyncio.ensure_future(work))
        async with storage.writing() as uow:
            await owner.acquire(uow, BOT, f"mail {epoch}", owner_ttl())
        running = asyncio.ensure_future(postman.run(await epoch_of(storage)))
        try:
            yield MailPost(storage, cast, server, postman)
        finally:
            postman.stop()
            await running


def owner_ttl() -> Any:
    from datetime import timedelta

    return timedelta(0)


async def epoch_of(storage: Storage) -> int:
    from storage.models.delivery import Owner

    async with storage.reading() as uow:
        return int((await uow.execute(select(Owner.epoch).where(Owner.bot_id == BOT))).scalar_one())


async def served(storage: Storage, cast: Cast) -> None:
    """The school is the bot's."""
    async with storage.writing() as uow:
        await uow.write(update(School).where(School.id == cast.school_id).values(bot_id=BOT))


async def without_telegram(storage: Storage, cast: Cast, person_id: PersonId) -> None:
    """Somebody who never joined."""
    async with storage.writing() as uow:
        await uow.execute(delete(Consent).where(Consent.person_id == person_id))
        await uow.execute(delete(TelegramAccount).where(TelegramAccount.person_id == person_id))


async def contact(
    storage: Storage,
    cast: Cast,
    person_id: PersonId,
    channel: Channel = Channel.EMAIL,
    *,
    rank: int = 1,
    address: str = ADDRESS,
) -> ContactId:
    """A contact that stands."""
    async with storage.writing() as uow:
        added = insert(Contact).values(
            school_id=cast.school_id,
            person_id=person_id,
            channel=channel.value,
            address=address if channel is Channel.EMAIL else "",
            state=ContactState.CONFIRMED.value,
            source="№ 14",
            given_on=TODAY,
            rank=rank,
        )
        return ContactId((await uow.execute(added.returning(Contact.id))).scalar_one())


async def items_of(post: MailPost, person_id: PersonId) -> list[Any]:
    """What somebody is told."""
    return await post.rows(Item, Item.recipient_id == person_id)
