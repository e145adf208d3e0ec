"""The limited process that opens files from outside: `python -m services.imports.child tables|text|asc`.

Bytes come in on stdin, one JSON object goes out on stdout: `{"ok": …}` or `{"refusal": code, "where": …}`.
A parser that is led astray by a hostile file dies here alone: without files, without children of its own,
within memory and CPU limits where the system knows them (the parent's clock and the caps hold everywhere).
"""

import json
import sys
import warnings
from typing import Any

from services.imports import limits
from services.imports.refusals import FileRefused, Refusal


def lower_limits() -> None:
    """Gives up memory, CPU time, file writing and processes; silently less where the system can't."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock and the caps remain
        return
    wanted = {
        "RLIMIT_AS": limits.MEMORY_BYTES,
        "RLIMIT_CPU": limits.CPU_SECONDS,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,
    }
    for name, value in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (ceiling, ceiling))
        except (OSError, ValueError):  # macOS refuses some of them
            continue


def parse(kind: str, data: bytes) -> Any:
    """What the file holds, as plain JSON values."""
    if kind == "asc":
        from services.imports.asc_xml import read_asc

        return read_asc(data)
    from services.imports.tables import read_tables

    return read_tables(data, delimiters="\t;" if kind == "text" else ";,\t")


def answer(kind: str, data: bytes) -> dict[str, Any]:
    """The one object this process says."""
    try:
        return {"ok": parse(kind, data)}
    except FileRefused as refused:
        return {"refusal": refused.refusal.value, "where": refused.where}
    except (MemoryError, RecursionError):
        return {"refusal": Refusal.TOO_HARD.value, "where": ""}


def main() -> None:
    """Reads, answers, ends."""
    warnings.simplefilter("ignore")  # openpyxl speaks of styles it does not know
    lower_limits()
    said = answer(sys.argv[1], sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
