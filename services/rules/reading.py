"""What an acknowledgement of results is of: what stood when it was said, so that what changes asks once more. Pure."""

from datetime import UTC, datetime, timedelta

from storage.vocabulary import PersonId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


def moment_of(at: datetime) -> int:
    """A moment as buttons and subjects carry it: whole milliseconds."""
    return (at - EPOCH) // TICK


def just_after(seen: int) -> datetime:
    """The first moment that a button which carries `seen` does not stand for."""
    return EPOCH + (seen + 1) * TICK


def subject_of(scope: str, student_id: PersonId, last_at: datetime) -> str:
    """The subject: scope, student and the moment of the newest result, «term:5:120:1792400000000»."""
    return f"{scope}:{student_id}:{moment_of(last_at)}"
