"""A lesson was substituted, cancelled, moved or restored: the families of who sits in it hear of it."""

from datetime import datetime

from services.actor import Actor
from services.arrangements import Arranged, access_arranged
from services.letters.changes import Change, ChangedLesson, timetable_changed
from services.outbox import items
from services.rules.regulation import Regulation
from storage.repositories import diary, lessons, recipients, timetable_news
from storage.uow import Uow
from storage.vocabulary import ItemKind, LessonId, LessonState, PersonId


async def tell_families(uow: Uow, actor: Actor, lesson_id: LessonId, now: datetime) -> None:
    """Let them know how a lesson stands to the timetable now; of one that is over nothing is told."""
    lesson = await access_arranged(uow, actor, lesson_id)
    today = now.astimezone(actor.zone).date()
    ahead = [one for one in (lesson.title, lesson.moved_to) if one is not None and one.ends_at > now]
    if not ahead:
        return
    changed = ChangedLesson(
        lesson_id,
        _change(lesson),
        max(today, min(one.on_date for one in ahead)),
        max(one.ends_at for one in ahead).astimezone(now.tzinfo),
    )
    students = [one.student_id for one in await lessons.seats(uow, lesson_id)]
    told = await recipients.recipients_of_students(uow, students, today)
    waiting = await timetable_news.waiting_due(uow, {one.person_id for one in told})
    _name, _zone, stored = await diary.school(uow, actor.school_id)
    regulation = Regulation.from_json(stored)
    facts = timetable_changed(told, changed, waiting, now=now, zone=actor.zone, regulation=regulation)
    await items.put(uow, facts, now)


async def forget(uow: Uow, lesson_id: LessonId) -> None:
    """A lesson held instead is none any more: what became of it, nobody has to hear."""
    await items.cancel(uow, lesson_id=lesson_id, kind=ItemKind.TIMETABLE)


def _change(lesson: Arranged) -> Change | None:
    if lesson.state is LessonState.CANCELLED:
        return Change(cancelled=True)
    if lesson.moved_to is not None:
        return Change(moved_to=lesson.moved_to.lesson_id)
    if lesson.substitutions:
        return Change(substitutes=tuple(sorted(PersonId(one.substitute.id) for one in lesson.substitutions)))
    return None
