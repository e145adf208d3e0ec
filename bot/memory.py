"""The collector of cycles, kept from walking what stays for ever."""

import gc


def leave_alone_what_stays() -> None:
    """Once a process is up: its modules and models are no garbage, and walking them stops everybody for 0.3 s."""
    gc.collect()
    gc.freeze()
