"""Who reads in the evening, and at what hours."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select

from storage.models.people import Guardianship, Person, Preferences
from storage.models.school import School
from storage.repositories.recipients import bot_id, first_channel, rests_on_paper, with_ways
from storage.uow import Uow
from storage.vocabulary import BotId, Channel, DeliveryMode, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class SchoolClock:
    """A school with its zone and regulation."""

    id: SchoolId
    timezone: str
    regulation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EveningReader:
    """A guardian who reads in the evening; quiet hours never chosen are None."""

    person_id: PersonId
    bot_id: BotId
    quiet_from: int | None
    quiet_until: int | None
    channel: Channel = Channel.TELEGRAM


async def schools(uow: Uow, bot_id: BotId | None = None) -> list[SchoolClock]:
    """The schools that a bot serves; without one every school of the base."""
    question = select(School.id, School.timezone, School.regulation).order_by(School.id)
    if bot_id is not None:
        question = question.where(School.bot_id == bot_id)
    return [SchoolClock(row.id, row.timezone, row.regulation) for row in await uow.execute(question)]


async def minutes(uow: Uow, school_id: SchoolId, usual: tuple[DeliveryMode, int]) -> list[int]:
    """The evening hours that somebody of a school has, as minutes from midnight; the school's own among them."""
    question = (
        select(Preferences.digest_minute)
        .join(Person, Person.id == Preferences.person_id)
        .where(Person.school_id == school_id, Preferences.mode == DeliveryMode.DIGEST.value)
        .distinct()
    )
    found = {row.digest_minute for row in await uow.execute(question)}
    mode, minute = usual
    return sorted(found | ({minute} if mode is DeliveryMode.DIGEST else set()))


async def readers(
    uow: Uow, school_id: SchoolId, usual: tuple[DeliveryMode, int], minute: int, on: date
) -> list[EveningReader]:
    """The guardians of a school whose evening letter comes at this minute, by number; on paper there is no evening."""
    mode, usual_minute = usual
    chose = and_(Preferences.mode == DeliveryMode.DIGEST.value, Preferences.digest_minute == minute)
    never_chose = Preferences.person_id.is_(None) if (mode, usual_minute) == (DeliveryMode.DIGEST, minute) else None
    channel = first_channel()
    question = (
        with_ways(
            select(
                Guardianship.guardian_id,
                bot_id().label("bot_id"),
                Preferences.quiet_from_minute.label("quiet_from"),
                Preferences.quiet_until_minute.label("quiet_until"),
                channel.label("channel"),
            ).select_from(Guardianship)
        )
        .where(
            Guardianship.school_id == school_id,
            rests_on_paper(on),
            channel.in_([Channel.TELEGRAM.value, Channel.EMAIL.value]),
            chose if never_chose is None else or_(chose, never_chose),
        )
        .distinct()
        .order_by(Guardianship.guardian_id)
    )
    return [
        EveningReader(row.guardian_id, row.bot_id, row.quiet_from, row.quiet_until, Channel(row.channel))
        for row in await uow.execute(question)
    ]
