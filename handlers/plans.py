"""«Планы»: a teacher's plans and one of them."""

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.plans import OpenPlan, OpenPlans
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import plans as screens
from services.actor import Actor
from services.plans import Plans
from storage.vocabulary import ClassId, SubgroupId, SubjectId


async def my_plans(message: Message, bot: Bot, actor: Actor, plans: Plans) -> None:
    """Asked for by a command or by the button's words."""
    await show(bot, message, screens.plans(await plans.lines(actor)))


async def open_plans(query: CallbackQuery, callback_data: OpenPlans, bot: Bot, actor: Actor, plans: Plans) -> None:
    """What the teacher teaches."""
    await show(bot, query, screens.plans(await plans.lines(actor), callback_data.page))


async def open_plan(query: CallbackQuery, callback_data: OpenPlan, bot: Bot, actor: Actor, plans: Plans) -> None:
    """One plan."""
    view = await plans.view(
        actor,
        ClassId(callback_data.school_class),
        SubgroupId(callback_data.subgroup) if callback_data.subgroup else None,
        SubjectId(callback_data.subject),
    )
    await show(bot, query, screens.plan(view, callback_data.page, here=callback_data.here))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="plans")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(my_plans, or_f(Command("plans"), F.text.casefold().in_({"планы", "plans"})))
    made.callback_query.register(open_plans, OpenPlans.filter())
    made.callback_query.register(open_plan, OpenPlan.filter())
    return made
