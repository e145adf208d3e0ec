"""Moving a school to another base: from a SQLite file to PostgreSQL when one machine is no longer enough, or back."""

from collections.abc import Callable

from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from storage import moving
from storage.uow import Storage


class NotAnAddress(SchoolError):
    """The target can't be a base of ours."""

    sentence = N_("Name another base: postgresql://user:password@host/base, or sqlite:////path/to/a/file.db")


class NoSuchBase(SchoolError):
    """The target doesn't answer."""

    sentence = N_(
        "The new base can't be opened ({error}). Create it first, and check the address, the user and the password."
    )


class NewBaseNotEmpty(SchoolError):
    """There is somebody's data in it."""

    sentence = N_("There is data in the new base already. Nothing was changed; name an empty one.")


class ServiceRuns(SchoolError):
    """It would go on writing to the base that is left."""

    sentence = N_("The service still runs on this base. Stop it on every machine and try again in 15 seconds.")


class CopyRefused(SchoolError):
    """It didn't arrive whole."""

    sentence = N_("The copy didn't succeed ({problem}). The new base stayed empty, this one is as it was.")


class Moving:
    """Copies one base whole into another."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def to(self, address: str, tell: Callable[[str, int], None]) -> dict[str, int]:
        """Make the base of this address, migrate and fill it: rows by table; both posts are paused then.

        Raises NotAnAddress, NoSuchBase, NewBaseNotEmpty, ServiceRuns, CopyRefused.
        """
        try:
            async with moving.prepared(address, self._storage) as target:
                return await moving.move(self._storage, target, self._clock.now(), tell)
        except moving.BadAddress as error:
            raise NotAnAddress from error
        except moving.Unreachable as error:
            raise NoSuchBase(error=str(error)) from error
        except moving.TargetNotEmpty as error:
            raise NewBaseNotEmpty from error
        except moving.StillOwned as error:
            raise ServiceRuns from error
        except moving.CopyFailed as error:
            raise CopyRefused(problem=str(error)) from error
