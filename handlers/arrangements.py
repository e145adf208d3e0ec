"""«Замены»: who gives the lessons of those who are away; lessons cancelled, moved and restored."""

from datetime import date
from typing import Any

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.arrangements import (
    AskToCancel,
    AskToMove,
    CancelLesson,
    ChooseMove,
    ChooseMoveOn,
    EndSubstitution,
    MoveLesson,
    OpenArrangedDay,
    OpenArrangements,
    OpenChoice,
    OpenTeacherDay,
    OpenTeachers,
    PutDay,
    PutSubstitute,
    RestoreLesson,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import arrangements as screens
from handlers.screens import lesson_states as states
from services.actor import Actor
from services.lesson_states import LessonStates, StatePut
from services.substitutions.office import Substitutions
from services.substitutions.views import SubstitutionPut
from storage.vocabulary import LessonId, PersonId


async def arrangements(message: Message, bot: Bot, actor: Actor, substitutions: Substitutions) -> None:
    """Asked for by a command or by the button's words."""
    await show(bot, message, screens.day(await substitutions.day(actor)))


async def open_arrangements(query: CallbackQuery, bot: Bot, actor: Actor, substitutions: Substitutions) -> None:
    """Today."""
    await show(bot, query, screens.day(await substitutions.day(actor)))


async def open_day(
    query: CallbackQuery, callback_data: OpenArrangedDay, bot: Bot, actor: Actor, substitutions: Substitutions
) -> None:
    """A day's changes."""
    await show(bot, query, screens.day(await substitutions.day(actor, date.fromisoformat(callback_data.day))))


async def open_teachers(
    query: CallbackQuery, callback_data: OpenTeachers, bot: Bot, actor: Actor, substitutions: Substitutions
) -> None:
    """Who has lessons that day."""
    view = await substitutions.day(actor, date.fromisoformat(callback_data.day))
    await show(bot, query, screens.teachers(view, callback_data.page))


async def open_teacher_day(
    query: CallbackQuery, callback_data: OpenTeacherDay, bot: Bot, actor: Actor, substitutions: Substitutions
) -> None:
    """An absent teacher's lessons."""
    on_date, teacher = date.fromisoformat(callback_data.day), PersonId(callback_data.teacher)
    await show(bot, query, screens.teacher_day(await substitutions.teacher_day(actor, on_date, teacher)))


async def open_choice(
    query: CallbackQuery, callback_data: OpenChoice, bot: Bot, actor: Actor, substitutions: Substitutions
) -> None:
    """Who gives one of them?"""
    lesson, absent = LessonId(callback_data.lesson), PersonId(callback_data.absent)
    await show(bot, query, screens.choice(await substitutions.choice(actor, lesson, absent)))


async def put_substitute(
    query: CallbackQuery, callback_data: PutSubstitute, bot: Bot, actor: Actor, substitutions: Substitutions
) -> None:
    """This one does."""
    put = await substitutions.put(
        actor,
        LessonId(callback_data.lesson),
        PersonId(callback_data.absent),
        PersonId(callback_data.substitute),
        callback_data.seen,
        callback_data.reason,
        sure=callback_data.sure,
    )
    await show(bot, query, screens.arranged(put), screens.put_toast(put) if isinstance(put, SubstitutionPut) else None)


async def put_day(
    query: CallbackQuery, callback_data: PutDay, bot: Bot, actor: Actor, substitutions: Substitutions
) -> None:
    """All the day's lessons at once."""
    substitute = PersonId(callback_data.substitute) if callback_data.substitute else None
    put = await substitutions.put_day(
        actor,
        date.fromisoformat(callback_data.day),
        PersonId(callback_data.absent),
        substitute,
        callback_data.reason,
    )
    await show(bot, query, screens.arranged(put))


async def end_substitution(
    query: CallbackQuery, callback_data: EndSubstitution, bot: Bot, actor: Actor, substitutions: Substitutions
) -> None:
    """«Снять замену»."""
    put = await substitutions.end(actor, callback_data.substitution)
    await show(bot, query, screens.substitution_put(put), screens.put_toast(put))


async def ask_to_cancel(
    query: CallbackQuery, callback_data: AskToCancel, bot: Bot, actor: Actor, lesson_states: LessonStates
) -> None:
    """Why is it not held?"""
    asked = await lesson_states.ask_to_cancel(actor, LessonId(callback_data.lesson))
    await show(bot, query, states.cancel_asked(asked))


async def cancel_lesson(
    query: CallbackQuery, callback_data: CancelLesson, bot: Bot, actor: Actor, lesson_states: LessonStates
) -> None:
    """It isn't held."""
    put = await lesson_states.cancel(actor, LessonId(callback_data.lesson), callback_data.reason)
    await _show_state(bot, query, put)


async def choose_move(
    query: CallbackQuery, callback_data: ChooseMove, bot: Bot, actor: Actor, lesson_states: LessonStates
) -> None:
    """Where to?"""
    await show(bot, query, states.move_choice(await lesson_states.choose_move(actor, LessonId(callback_data.lesson))))


async def choose_move_on(
    query: CallbackQuery, callback_data: ChooseMoveOn, bot: Bot, actor: Actor, lesson_states: LessonStates
) -> None:
    """Where on another day?"""
    lesson, on_date = LessonId(callback_data.lesson), date.fromisoformat(callback_data.day)
    await show(bot, query, states.move_choice(await lesson_states.choose_move(actor, lesson, on_date)))


async def ask_to_move(
    query: CallbackQuery, callback_data: AskToMove, bot: Bot, actor: Actor, lesson_states: LessonStates
) -> None:
    """Why?"""
    lesson, on_date = LessonId(callback_data.lesson), date.fromisoformat(callback_data.day)
    await show(
        bot, query, states.move_asked(await lesson_states.ask_to_move(actor, lesson, on_date, callback_data.slot))
    )


async def move_lesson(
    query: CallbackQuery, callback_data: MoveLesson, bot: Bot, actor: Actor, lesson_states: LessonStates
) -> None:
    """It is held there."""
    lesson, on_date = LessonId(callback_data.lesson), date.fromisoformat(callback_data.day)
    put = await lesson_states.move(actor, lesson, on_date, callback_data.slot, callback_data.reason)
    await _show_state(bot, query, put)


async def restore_lesson(
    query: CallbackQuery, callback_data: RestoreLesson, bot: Bot, actor: Actor, lesson_states: LessonStates
) -> None:
    """As in the timetable."""
    await _show_state(bot, query, await lesson_states.restore(actor, LessonId(callback_data.lesson)))


async def _show_state(bot: Bot, event: Any, put: StatePut) -> None:
    await show(bot, event, states.state_put(put), states.state_toast(put))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="arrangements")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(
        arrangements, or_f(Command("substitutions"), F.text.casefold().in_({"замены", "substitutions"}))
    )
    made.callback_query.register(open_arrangements, OpenArrangements.filter())
    made.callback_query.register(open_day, OpenArrangedDay.filter())
    made.callback_query.register(open_teachers, OpenTeachers.filter())
    made.callback_query.register(open_teacher_day, OpenTeacherDay.filter())
    made.callback_query.register(open_choice, OpenChoice.filter())
    made.callback_query.register(put_substitute, PutSubstitute.filter())
    made.callback_query.register(put_day, PutDay.filter())
    made.callback_query.register(end_substitution, EndSubstitution.filter())
    made.callback_query.register(ask_to_cancel, AskToCancel.filter())
    made.callback_query.register(cancel_lesson, CancelLesson.filter())
    made.callback_query.register(choose_move, ChooseMove.filter())
    made.callback_query.register(choose_move_on, ChooseMoveOn.filter())
    made.callback_query.register(ask_to_move, AskToMove.filter())
    made.callback_query.register(move_lesson, MoveLesson.filter())
    made.callback_query.register(restore_lesson, RestoreLesson.filter())
    return made
