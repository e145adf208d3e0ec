"""«Мой класс»: who reads, who fails, who wasn't reached, contacts, the ledger, the journal to read."""

from datetime import date

from aiogram import Bot
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.my_class import (
    BeginBriefing,
    ChooseBriefed,
    OpenBriefings,
    OpenClassJournal,
    OpenClassLessons,
    OpenClassStudent,
    OpenClassTerm,
    OpenContacts,
    OpenFailing,
    OpenReaders,
    OpenUnreached,
    SaveBriefing,
    VerifyContacts,
)
from handlers.filters import Awaits, Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import class_journal as journal_screens
from handlers.screens import my_class as screens
from services.actor import Actor
from services.briefings import Briefings
from services.class_journal import ClassJournal
from services.i18n import gettext as _
from services.my_class import MyClass
from storage.vocabulary import BriefingWay, ClassId, DraftPurpose, PersonId, SubgroupId, SubjectId, TermId


async def open_readers(
    query: CallbackQuery, callback_data: OpenReaders, bot: Bot, actor: Actor, my_class: MyClass
) -> None:
    """Who reads."""
    view = await my_class.readers(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.readers(view, silent=callback_data.silent, page=callback_data.page))


async def open_failing(
    query: CallbackQuery, callback_data: OpenFailing, bot: Bot, actor: Actor, my_class: MyClass
) -> None:
    """Who fails."""
    view = await my_class.failing(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.failing(view, callback_data.page))


async def open_unreached(
    query: CallbackQuery, callback_data: OpenUnreached, bot: Bot, actor: Actor, my_class: MyClass
) -> None:
    """What families didn't get."""
    view = await my_class.unreached(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.unreached(view, callback_data.page))


async def open_contacts(
    query: CallbackQuery, callback_data: OpenContacts, bot: Bot, actor: Actor, my_class: MyClass
) -> None:
    """A page of the contacts."""
    view = await my_class.contacts(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.contacts(view, callback_data.page))


async def verify_contacts(
    query: CallbackQuery, callback_data: VerifyContacts, bot: Bot, actor: Actor, my_class: MyClass
) -> None:
    """«Сверено»."""
    view = await my_class.verify_contacts(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.contacts(view, 0), _("The contacts are verified"))


async def open_briefings(
    query: CallbackQuery, callback_data: OpenBriefings, bot: Bot, actor: Actor, briefings: Briefings
) -> None:
    """The ledger."""
    await show(bot, query, screens.ledger(await briefings.ledger(actor, ClassId(callback_data.school_class))))


async def choose_briefed(
    query: CallbackQuery, callback_data: ChooseBriefed, bot: Bot, actor: Actor, briefings: Briefings
) -> None:
    """Whom a call or talk was with."""
    view = await briefings.choose_whom(actor, ClassId(callback_data.school_class), callback_data.way)
    await show(bot, query, screens.briefed(view, callback_data.page))


async def begin_briefing(
    query: CallbackQuery, callback_data: BeginBriefing, bot: Bot, actor: Actor, briefings: Briefings
) -> None:
    """An entry being written."""
    await show(bot, query, screens.entry(await briefings.begin(actor, *_entry(callback_data))))


async def save_briefing(
    query: CallbackQuery, callback_data: SaveBriefing, bot: Bot, actor: Actor, briefings: Briefings
) -> None:
    """Without words."""
    view = await briefings.save(actor, *_entry(callback_data))
    await show(bot, query, screens.ledger(view), _("Written down"))


async def typed_words(message: Message, bot: Bot, actor: Actor, briefings: Briefings) -> None:
    """What it was about."""
    await show(bot, message, screens.ledger(await briefings.type_words(actor, message.text or "")))


async def open_journal(
    query: CallbackQuery, callback_data: OpenClassJournal, bot: Bot, actor: Actor, class_journal: ClassJournal
) -> None:
    """All subjects of the class."""
    view = await class_journal.subjects(actor, ClassId(callback_data.school_class))
    await show(bot, query, journal_screens.subjects(view, callback_data.page))


async def open_term(
    query: CallbackQuery, callback_data: OpenClassTerm, bot: Bot, actor: Actor, class_journal: ClassJournal
) -> None:
    """A subject's term."""
    view = await class_journal.term(actor, *_place(callback_data))
    await show(bot, query, journal_screens.term(view, callback_data.page))


async def open_student(
    query: CallbackQuery, callback_data: OpenClassStudent, bot: Bot, actor: Actor, class_journal: ClassJournal
) -> None:
    """One student's marks."""
    view = await class_journal.student(actor, *_place(callback_data), PersonId(callback_data.student))
    await show(bot, query, journal_screens.student(view, callback_data.page))


async def open_lessons(
    query: CallbackQuery, callback_data: OpenClassLessons, bot: Bot, actor: Actor, class_journal: ClassJournal
) -> None:
    """A subject's lessons."""
    view = await class_journal.lessons(actor, *_place(callback_data))
    await show(bot, query, journal_screens.lessons(view, callback_data.page))


def _entry(button: BeginBriefing | SaveBriefing) -> tuple[ClassId, BriefingWay, PersonId | None, date]:
    student = PersonId(button.student) if button.student else None
    return ClassId(button.school_class), button.way, student, date.fromisoformat(button.on)


def _place(
    button: OpenClassTerm | OpenClassStudent | OpenClassLessons,
) -> tuple[ClassId, SubgroupId | None, SubjectId, TermId]:
    subgroup = SubgroupId(button.subgroup) if button.subgroup else None
    return ClassId(button.school_class), subgroup, SubjectId(button.subject), TermId(button.term)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="my_class")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(typed_words, Awaits(DraftPurpose.BRIEFING))
    made.callback_query.register(open_readers, OpenReaders.filter())
    made.callback_query.register(open_failing, OpenFailing.filter())
    made.callback_query.register(open_unreached, OpenUnreached.filter())
    made.callback_query.register(open_contacts, OpenContacts.filter())
    made.callback_query.register(verify_contacts, VerifyContacts.filter())
    made.callback_query.register(open_briefings, OpenBriefings.filter())
    made.callback_query.register(choose_briefed, ChooseBriefed.filter())
    made.callback_query.register(begin_briefing, BeginBriefing.filter())
    made.callback_query.register(save_briefing, SaveBriefing.filter())
    made.callback_query.register(open_journal, OpenClassJournal.filter())
    made.callback_query.register(open_term, OpenClassTerm.filter())
    made.callback_query.register(open_student, OpenClassStudent.filter())
    made.callback_query.register(open_lessons, OpenClassLessons.filter())
    return made
