"""The demo's files, and beginning anew so that nothing is left half-way."""

import shutil
from pathlib import Path

from bot.sandbox.snapshot import files_beside


class Folder:
    """What the demo keeps in the data directory: its base, and the chats of its phones.

    While a mark lies beside them they are not whole: founding was interrupted, or somebody asked for a new school.
    Whoever finds the mark at a start clears everything first, so a kill at any moment leaves a whole demo or none.
    """

    def __init__(self, data_dir: Path) -> None:
        self.base = data_dir / "demo.db"
        self.phones = data_dir / "demo-phones.json"
        self._mark = data_dir / "demo-is-not-whole"

    @property
    def is_whole(self) -> bool:
        """Whether the demo may go on as it lies there."""
        return self.base.exists() and not self._mark.exists()

    def give_up(self) -> None:
        """From now on the demo isn't whole."""
        self._mark.touch()

    def finish(self) -> None:
        """The demo is whole."""
        self._mark.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the base and the chats, and mark them as not whole until `finish`. The base must be closed."""
        self.give_up()
        for path in (self.base, *(self.base.with_name(self.base.name + end) for end in ("-wal", "-shm", "-journal"))):
            path.unlink(missing_ok=True)
        self.phones.unlink(missing_ok=True)
        shutil.rmtree(files_beside(self.phones), ignore_errors=True)
