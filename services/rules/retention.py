"""Which backups are kept: dense lately, thinner the older they are. Pure."""

from collections.abc import Collection
from datetime import datetime

DAYS, WEEKS, MONTHS = 14, 8, 12


def kept(made: Collection[datetime]) -> set[datetime]:
    """The moments whose backups stay: the newest of each of the last 14 days, 8 weeks and 12 months that have one."""
    newest_first = sorted(made, reverse=True)
    keep: set[datetime] = set()
    for most, name in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        newest: dict[str, datetime] = {}
        for moment in newest_first:
            newest.setdefault(moment.strftime(name), moment)
        keep.update(list(newest.values())[:most])
    return keep
