"""Founding a school: its year, bells and calendar, and the administrator who lets everybody else in."""

from services.clock import Clock
from services.names import class_key, class_name
from services.school_file import SchoolSpec
from storage.repositories import founding
from storage.uow import Storage
from storage.vocabulary import PersonId, SchoolId


class Schools:
    """Founds schools."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def found(self, spec: SchoolSpec) -> tuple[SchoolId, PersonId]:
        """Write a new school in one transaction; its id and the administrator's."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            school_id = await founding.add_school(uow, spec.name, spec.timezone, spec.regulation.to_json(), now)
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

    async def any(self) -> bool:
        """Whether the installation has a school yet."""
        async with self._storage.reading() as uow:
            return await founding.any_school(uow)
