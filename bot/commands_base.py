"""What commands share: opening the base they mean, and choosing a school in it."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from sqlalchemy.exc import SQLAlchemyError

from bot import click_words, loop
from bot.settings import Settings, read_settings
from services.clock import Clock, ShiftedClock, SystemClock
from services.errors import SchoolError
from services.i18n import N_
from services.i18n import gettext as _
from storage.repositories.calendar import school_ids
from storage.schema import is_current, is_empty, is_newer, migrate
from storage.uow import Storage
from storage.vocabulary import SchoolId

click_words.speak()  # every command comes through here before it is made

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class NoSchoolYet(SchoolError):
    """The base is empty."""

    sentence = N_("There is no school in this base yet. Begin with: ./zvonok school new school.toml")


class NoDemoYet(SchoolError):
    """The demo school hasn't been seeded."""

    sentence = N_("The demo school isn't there yet. It comes with: ./zvonok run")


class WhichSchool(SchoolError):
    """The base holds several schools and none was named."""

    sentence = N_("This base holds several schools: name one with --school. There are: {ids}")


class NoSuchSchool(SchoolError):
    """The base holds no school of that number."""

    sentence = N_("There is no school no. {id} in this base. There are: {ids}")


class OldSchema(SchoolError):
    """The base is of another version of the program."""

    sentence = N_("The base belongs to another version. Bring it up to date with: ./zvonok migrate")


class NewerSchema(SchoolError):
    """The base was used by a later version of the program."""

    sentence = N_(
        "The base belongs to a later version of the program. Bring the program up to date, or restore an older backup."
    )


class BaseNotOpened(SchoolError):
    """The base isn't where DATABASE_URL says, or is none."""

    sentence = N_("The base can't be opened ({error}). Check DATABASE_URL and whether the server runs.")


def run_async(command: Callable[Parameters, Coroutine[Any, Any, Result]]) -> Callable[Parameters, Result]:
    """A coroutine as a click command."""

    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        return loop.run(command(*args, **kwargs))

    return run


def make_clock(settings: Settings) -> Clock:
    """The Clock of this process: the machine's, or one begun at ZVONOK_NOW."""
    return SystemClock() if settings.zvonok_now is None else ShiftedClock(settings.zvonok_now)


@asynccontextmanager
async def opened(*, create: bool = False) -> AsyncIterator[tuple[Settings, Storage, Clock]]:
    """The base the settings mean, open; with `create` it is made and migrated if it wasn't there."""
    settings = read_settings()
    if settings.is_demo:
        click.echo(_("This is the demo school: neither BOT_TOKEN nor DATABASE_URL is set."), err=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    storage = open_storage(settings)
    try:
        await (bring_up_to_date(storage) if create else _ensure_usable(storage, settings))
        yield settings, storage, make_clock(settings)
    finally:
        await storage.close()


def open_storage(settings: Settings) -> Storage:
    """The base the settings mean; nothing is asked of it yet. Raises BaseNotOpened."""
    with _said():
        return Storage(settings.database)


async def bring_up_to_date(storage: Storage) -> None:
    """Make the base one of this version. Raises BaseNotOpened, NewerSchema."""
    with _said():
        if await is_newer(storage):
            raise NewerSchema
        await migrate(storage)


async def _ensure_usable(storage: Storage, settings: Settings) -> None:
    with _said():
        if await is_empty(storage):
            raise NoDemoYet if settings.is_demo else NoSchoolYet
        if await is_newer(storage):
            raise NewerSchema
        if not await is_current(storage):
            raise OldSchema


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, ValueError) as error:  # the latter: an address of another kind of base
        raise BaseNotOpened(error=type(error).__name__) from error


async def chosen_school(storage: Storage, wanted: int | None) -> SchoolId:
    """The school a command means. Raises NoSchoolYet, NoSuchSchool, WhichSchool."""
    async with storage.reading() as uow:
        found = await school_ids(uow)
    if not found:
        raise NoSchoolYet
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted is None:
        raise WhichSchool(ids=", ".join(map(str, found)))
    if wanted not in found:
        raise NoSuchSchool(id=wanted, ids=", ".join(map(str, found)))
    return SchoolId(wanted)
