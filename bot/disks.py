"""The disks that the service stands on, and how much room they have."""

import shutil
from pathlib import Path

from bot.settings import Settings

FREE = 1_000_000_000  # bytes that a disk should have free


def folders(settings: Settings) -> dict[str, Path]:
    """The folders that must have room, by what lies there."""
    there = {"data": settings.data_dir}
    return there if settings.backup_dir is None else there | {"backups": settings.backup_dir}


def free_bytes(folder: Path) -> int:
    """How much is free on the disk where a folder is, or will be. Blocks."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
