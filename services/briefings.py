"""«Информирование родителей»: the homeroom teacher's duty once in two weeks, and its ledger (М кл.рук. в).

What informs the whole class winds the clock: its broadcasts and printed sheets stand in the ledger by themselves,
meetings, calls and talks are written down by hand. A word with one family stands there too and winds nothing.
"""

from datetime import date, datetime

from storage.repositories import briefings as rows
from storage.repositories.briefings import NewBriefing
from storage.uow import Uow
from storage.vocabulary import BriefingWay, ClassId, PersonId, SchoolId


async def record(
    uow: Uow,
    *,
    school_id: SchoolId,
    class_id: ClassId,
    teacher_id: PersonId,
    on_date: date,
    way: BriefingWay,
    now: datetime,
    words: str = "",
    student_id: PersonId | None = None,
) -> bool:
    """Write down that families of a class were informed by its homeroom teacher, the whole class or one student's.

    `on_date` is the school's date, `words` say by what («Рассылка: …»). Done twice it is done once. False where it
    stood before, or where the teacher isn't the class's homeroom teacher that day: then it is not their duty done.
    """
    new = NewBriefing(school_id, class_id, teacher_id, on_date, way, words, student_id)
    return await rows.add(uow, new, now)
