"""What is typed where substitutions and lesson states ask: after every scene that has words of its own."""

from aiogram import Bot, Router
from aiogram.types import Message

from handlers.filters import Awaits, Known
from handlers.screen import show
from handlers.screens import arrangements as screens
from handlers.screens import lesson_states as states
from handlers.screens.leave import person_leave
from services.actor import Actor
from services.drafts import DraftRow
from services.leave import StaffLeaves
from services.lesson_states import LessonStates
from services.substitutions.office import Substitutions
from storage.vocabulary import DraftPurpose, PersonId


async def typed_name(
    message: Message,
    bot: Bot,
    actor: Actor,
    draft: DraftRow,
    substitutions: Substitutions,
    leaves: StaffLeaves,
) -> None:
    """A surname, of the absent teacher or of a substitute; or the last day of an absence."""
    text = message.text or ""
    if draft.data["ask"] == "until":
        await show(bot, message, person_leave((await leaves.put_typed(actor, text)).view))
        return
    found = await substitutions.named(actor, text)
    if len(found.people) > 1:
        await show(bot, message, screens.names_found(found))
        return
    one = PersonId(found.people[0].id)
    if found.lesson is None or found.absent is None:
        await show(bot, message, screens.teacher_day(await substitutions.teacher_day(actor, found.on_date, one)))
        return
    lesson, absent = found.lesson.title.lesson_id, PersonId(found.absent.id)
    await show(bot, message, screens.arranged(await substitutions.put(actor, lesson, absent, one, found.seen)))


async def typed_reason(
    message: Message,
    bot: Bot,
    actor: Actor,
    draft: DraftRow,
    substitutions: Substitutions,
    lesson_states: LessonStates,
) -> None:
    """Why a lesson is given by another, cancelled or moved."""
    text = message.text or ""
    if draft.data["act"] in {"cancel", "move"}:
        await show(bot, message, states.state_put(await lesson_states.put_typed(actor, text)))
    else:
        await show(bot, message, screens.arranged(await substitutions.put_typed(actor, text)))


def router() -> Router:
    """The router of these texts, a new one at every call."""
    made = Router(name="typed_arrangements")
    made.message.filter(Known())
    made.message.register(typed_name, Awaits(DraftPurpose.ARRANGEMENT))
    made.message.register(typed_reason, Awaits(DraftPurpose.LESSON_STATE))
    return made
