"""`./zvonok bench [NAME…] [--json FILE] [--database URL]`: product and bare code measured in one run."""

import argparse
import asyncio
import sys
from pathlib import Path

from bench import growth, letters, taps
from bench.table import Row, print_table, write_json

BENCHES = {"taps": taps.measure, "letters": letters.measure, "growth": growth.measure}


async def run(names: list[str], database: str | None) -> list[Row]:
    """The rows of the benches named, in order."""
    return [row for name in names for row in await BENCHES[name](database)]


def main() -> int:
    """Measure, print, and exit with 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="./zvonok bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--database", help="an empty base to measure on; a SQLite file of its own by default")
    words = parser.parse_args()
    unknown = sorted(set(words.names) - set(BENCHES))
    if unknown:
        parser.error(f"no such bench: {', '.join(unknown)}")
    rows = asyncio.run(run(words.names or list(BENCHES), words.database))
    print_table(rows)
    if words.json:
        write_json(rows, words.json)
    return int(any(row.ok is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
