"""«Не придёт»: a guardian's word beforehand, the homeroom teacher's decision, the reason in the journal.

A confirmed note gives its letter to every absence of its days: those entered already and those to come; no alarm is
sent for them. Until then the guardian who wrote it isn't alarmed, since they know; every other guardian is (ours).
"""

from services.absence_notes.deciding import NoteDecisions
from services.absence_notes.office import AbsenceNotes

__all__ = ["AbsenceNotes", "NoteDecisions"]
