"""«Журнал замещения уроков», on the screen and on paper."""

from datetime import date

from aiogram import Bot
from aiogram.types import BufferedInputFile, CallbackQuery

from handlers.callbacks.arrangements import OpenSubstitutionJournal, PrintSubstitutions
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import answer, show
from handlers.screens import substitution_journal as screens
from services.actor import Actor
from services.i18n import gettext as _
from services.reports.substitutions import span, substitutions_pdf, substitutions_xlsx
from services.substitutions.journal import SubstitutionJournals


async def open_journal(
    query: CallbackQuery,
    callback_data: OpenSubstitutionJournal,
    bot: Bot,
    actor: Actor,
    substitution_journals: SubstitutionJournals,
) -> None:
    """Of a week or month."""
    view = await substitution_journals.of_days(actor, *_days(callback_data.day, callback_data.month))
    await show(bot, query, screens.journal(view, month=callback_data.month, page=callback_data.page))


async def print_journal(
    query: CallbackQuery,
    callback_data: PrintSubstitutions,
    bot: Bot,
    actor: Actor,
    substitution_journals: SubstitutionJournals,
) -> None:
    """The document or the table, made anew at every press."""
    view = await substitution_journals.of_days(actor, *_days(callback_data.day, callback_data.month))
    await answer(bot, query, _("Making the document…"))
    if callback_data.table:
        document, ending = await substitutions_xlsx(view.school, view), "xlsx"
    else:
        document, ending = await substitutions_pdf(view.school, view, view.now), "pdf"
    name = _("Substitutions {since}.{ending}").format(since=view.since.isoformat(), ending=ending)
    title = _("Journal of substitutions")
    caption = f"{title}: {span(view.since, view.until)}"
    await bot.send_document(query.from_user.id, BufferedInputFile(document, name), caption=caption)


def _days(day: str, month: bool) -> tuple[date, date]:
    on = date.fromisoformat(day)
    return screens.month_of(on) if month else screens.week_of(on)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="substitution_journal")
    made.callback_query.filter(Known())
    made.callback_query.register(open_journal, OpenSubstitutionJournal.filter())
    made.callback_query.register(print_journal, PrintSubstitutions.filter())
    return made
