"""Correspondence of families with teachers and the administration (М 3.6; В 2.2, 3.8): nobody's number is shown."""

from services.threads.office import Threads
from storage.repositories.homework import NewFile

__all__ = ["NewFile", "Threads"]
