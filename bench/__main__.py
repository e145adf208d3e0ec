"""`./zvonok bench [NAME…]`: product and bare code measured in one run, beside their targets (bench/README.md)."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import bot.lean  # noqa: F401 - before anything that imports aiogram
from bench import evening, growth, letters, limits, paper, start, storm, taps
from bench.place import ENGINES, Place, places
from bench.sizes import TINY, Sizes
from bench.table import Row, print_table, write_json
from bot import loop
from tests.support.cluster import Unavailable

BENCHES = {
    "taps": taps.measure,
    "letters": letters.measure,
    "limits": limits.measure,
    "evening": evening.measure,
    "growth": growth.measure,
    "start": start.measure,
    "storm": storm.measure,
}
BY_DEFAULT = [name for name in BENCHES if name != "storm"]  # that one takes ten minutes an engine


async def run(names: Sequence[str], on: Sequence[Place], sizes: Sizes) -> list[Row]:
    """The rows of the benches named, on each engine, in order."""
    rows = []
    for name in names:
        for place in on:
            print(f"— {name}, {place.name}", file=sys.stderr, flush=True)
            rows += await BENCHES[name](place, sizes)
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="./zvonok bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the rows")
    parser.add_argument("--engine", choices=[*ENGINES, "both"], help="by default SQLite, and PostgreSQL where it is")
    parser.add_argument("--database", metavar="URL", help="a PostgreSQL server, or a SQLite file in whose folder to be")
    parser.add_argument("--minutes", type=float, default=10.0, help="of the storm: what ten take in life, pressed")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/figures.md")
    parser.add_argument("--tiny", action="store_true", help="see that everything runs: these are no figures")
    words = parser.parse_args(arguments)
    unknown = sorted(set(words.names) - set(BENCHES))
    if unknown:
        parser.error(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    if words.tiny and words.write:
        parser.error("--tiny gives no figures to be kept")
    sizes = TINY if words.tiny else Sizes(storm_minutes=words.minutes)
    try:
        with places(words.engine, words.database) as on:
            rows = loop.run(run(words.names or BY_DEFAULT, on, sizes))
    except Unavailable as why:
        parser.error(f"no PostgreSQL here: {why}")
    print_table(rows)
    if words.json:
        write_json(rows, words.json)
    if words.write:
        paper.keep(rows)
    return int(any(row.ok is False for row in rows))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and leave nothing running
    sys.exit(main())
