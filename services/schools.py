"""Founding a school: its year, bells and calendar, and the administrator who lets everybody else in."""

from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from services.names import class_key, class_name
from services.school_file import SchoolSpec
from storage.repositories import founding, joining, owner
from storage.repositories.audit import note
from storage.repositories.owner import Served
from storage.uow import Storage
from storage.vocabulary import BotId, PersonId, SchoolId


class AnothersSchool(SchoolError):
    """A command runs with the settings of one bot, and the person's school has another."""

    sentence = N_(
        "{school} is served by another bot, no. {bot}: a link made here would lead astray. Run this with that bot's "
        "settings, or give the school to this bot: ./zvonok school take"
    )


class Schools:
    """Founds schools."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def found(self, spec: SchoolSpec, bot_id: BotId | None = None) -> tuple[SchoolId, PersonId]:
        """Write a new school in one transaction; its id and the administrator's.

        `bot_id`: the bot that serves it; without one the only bot of the base takes it.
        """
        now = self._clock.now()
        async with self._storage.writing() as uow:
            school_id = await founding.add_school(uow, spec.name, spec.timezone, spec.regulation.to_json(), now)
            if bot_id is not None:
                await owner.give(uow, school_id, bot_id)
            year_id = await founding.add_year(uow, school_id, spec.year_name, spec.starts_on, spec.ends_on)
            await founding.add_terms(
                uow,
                school_id,
                year_id,
                [(one.kind.value, one.ordinal, one.starts_on, one.ends_on) for one in spec.terms],
            )
            bells = {
                one.name: await founding.add_bells(uow, school_id, one.name, one.usual, one.lessons)
                for one in spec.bells
            }
            await founding.add_days(
                uow,
                school_id,
                [
                    (
                        one.on_date,
                        one.kind.value,
                        one.title,
                        one.follows_weekday,
                        bells[one.bells] if one.bells else None,
                    )
                    for one in spec.days
                ],
            )
            await founding.add_classes(
                uow,
                school_id,
                year_id,
                [(class_name(name), class_key(name), level) for name, level in spec.classes.items()],
            )
            name = spec.administrator
            person_id = await founding.add_administrator(
                uow, school_id, (name.last, name.first, name.middle), name.key, spec.starts_on, now
            )
        return school_id, person_id

    async def all(self) -> list[Served]:
        """The schools of the base, each with its bot."""
        async with self._storage.reading() as uow:
            return await owner.served(uow)

    async def give(self, school_id: SchoolId, bot_id: BotId) -> None:
        """The bot serves the school from now on: its clock is the bot's, and its new slips open there."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            await owner.give(uow, school_id, bot_id)
            await note(
                uow,
                school_id=school_id,
                actor_id=None,
                at=now,
                action="school.give",
                subject=f"school:{school_id}",
                detail={"bot": bot_id},
            )

    async def ensure_served(self, person_id: PersonId, bot_id: BotId) -> None:
        """A slip is made with the settings of the bot it leads to. Raises AnothersSchool."""
        async with self._storage.reading() as uow:
            person = await joining.person(uow, person_id)
        if person is not None and person.bot_id not in (None, bot_id):
            raise AnothersSchool(school=person.school, bot=person.bot_id)
