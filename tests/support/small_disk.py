"""A disk of a few megabytes that can be filled up and emptied.

Where this process may mount, it is a tmpfs, and filling it takes the last byte. Elsewhere (Linux lets anybody do so to
processes of one's own) the process itself is forbidden to write files: for it no disk has room any more.
"""

import ctypes
import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BALLAST = "ballast"
CHUNK = 1 << 16


class NoSmallDisk(Exception):
    """This machine lets us neither mount one nor limit a process."""


class SmallDisk:
    """The disk; `folder` lies on it, open to every user."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder = folder
        self.mounted = mounted

    def fill(self, process: int) -> None:
        """Leave no room; without a mount, for that process."""
        if not self.mounted:
            _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
            resource.prlimit(process, resource.RLIMIT_FSIZE, (0, most))
            return
        with (self.folder / BALLAST).open("ab", buffering=0) as file:
            for size in (CHUNK, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free(self, process: int) -> None:
        """Give the room back."""
        if not self.mounted:
            _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
            resource.prlimit(process, resource.RLIMIT_FSIZE, (most, most))
        else:
            (self.folder / BALLAST).unlink(missing_ok=True)


@contextmanager
def small_disk(megabytes: int, *, must_mount: bool = False) -> Iterator[SmallDisk]:
    """A small disk, gone at the end. Raises NoSmallDisk."""
    folder = Path(tempfile.mkdtemp(prefix="zvonok-disk-", dir="/tmp" if os.access("/tmp", os.W_OK) else None))
    folder.chmod(0o755)
    mounted = _mount(folder, megabytes)
    if not mounted and (must_mount or not hasattr(resource, "prlimit")):
        folder.rmdir()
        raise NoSmallDisk("a tmpfs can't be mounted here")
    try:
        yield SmallDisk(folder, mounted=mounted)
    finally:
        if mounted:
            _libc().umount2(os.fsencode(folder), 2)  # MNT_DETACH: whoever still holds a file there keeps it
        shutil.rmtree(folder, ignore_errors=True)


def _mount(folder: Path, megabytes: int) -> bool:
    try:
        options = f"size={megabytes}m,mode=755".encode()
        return bool(_libc().mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options) == 0)
    except (OSError, AttributeError):  # not Linux
        return False


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
