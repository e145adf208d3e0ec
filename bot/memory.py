"""The collector of cycles, kept from walking what stays for ever."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """While modules are imported: all they make stays, and searching it for garbage is a sixth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def leave_alone_what_stays() -> None:
    """Once a process is up: its modules and models are no garbage, and walking them stops everybody for 0.3 s."""
    gc.collect()
    gc.freeze()
