"""Where everything meets: settings and a clock in, a service ready to start out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bot.lean  # noqa: F401 - before anything that imports aiogram
from bot.commands_base import make_clock
from bot.dispatcher import make_dispatcher
from bot.mail import mail_links, mail_postman
from bot.runtime import Runtime
from bot.scheduler import Tick
from bot.settings import Settings, bot_id_of
from bot.web.mail import add_mail_pages
from handlers.letters import TelegramLetters
from handlers.staff_letters import staff_letters
from handlers.start import greet, send_menu
from services.absence_notes import AbsenceNotes, NoteDecisions
from services.absences import Absences
from services.attendance import Attendance
from services.briefings import Briefings
from services.broadcasts.answers import BroadcastReplies
from services.broadcasts.progress import BroadcastProgress
from services.broadcasts.sending import Sending
from services.broadcasts.writing import Broadcasts
from services.checking import Checking
from services.class_journal import ClassJournal
from services.clock import Clock
from services.comments import Comments
from services.contacts import Contacts
from services.control import Control
from services.corrections import Corrections, Decisions
from services.desk import Desk
from services.diary import Diary
from services.directory import Directory
from services.drafts import Drafts
from services.family_ticks import FamilyTicks
from services.finals.asking import TermMarkRequests
from services.finals.closing import TermResults
from services.finals.family import FamilyResults
from services.finals.grid import Finals
from services.finals.reaching import ResultsReach
from services.finals.reading import ResultsReading
from services.finals.receipts import Receipts
from services.homeroom import Homeroom
from services.homework import Homework
from services.joining import Joining
from services.journal import Journal
from services.leave import StaffLeaves
from services.lesson_states import LessonStates
from services.lessons import Lessons
from services.letters.digest import EveningDigest
from services.marks import Marks
from services.my_class import MyClass
from services.outbox.limits import Limits
from services.personal_homework import PersonalHomework
from services.plans import Plans
from services.preferences import Preferences
from services.printing import Printing
from services.quick_line import QuickLine
from services.records import Records
from services.reminders import Reminders
from services.staff_access import StaffAccess
from services.student_access import StudentAccess
from services.subgroups import Subgroups
from services.substitutions.journal import SubstitutionJournals
from services.substitutions.office import Substitutions
from services.threads import Threads
from services.ties import Ties
from services.timetable import Timetable
from services.visits import Visits
from storage.uow import Storage


@dataclass(frozen=True)
class App:
    """One bot's service. `offices` is what handlers may ask for by name."""

    settings: Settings
    storage: Storage
    clock: Clock
    offices: dict[str, Any]
    runtime: Runtime

    async def start(self) -> None:
        """Bring the service up."""
        await self.runtime.start()

    async def stop(self) -> None:
        """Bring it down in order and close the base."""
        await self.runtime.stop()
        await self.storage.close()


def build(
    settings: Settings,
    *,
    storage: Storage | None = None,
    clock: Clock | None = None,
    limits: Limits | None = None,
    more_ticks: Sequence[Tick] = (),
) -> App:
    """The service of the bot whose token the settings hold, on a migrated base; `more_ticks` go before our own."""
    storage = storage or Storage(settings.database)
    clock = clock or make_clock(settings)
    offices = make_offices(settings, storage, clock)
    bot_id = bot_id_of(settings)
    runtime = Runtime(
        settings,
        storage,
        clock,
        make_dispatcher(offices, fresh=send_menu(offices)),
        TelegramLetters(staff_letters(offices)),
        ticks=(
            *more_ticks,
            Timetable(storage, clock, bot_id),
            offices["reminders"],
            offices["control"],
            EveningDigest(storage, bot_id),
            ResultsReach(storage, bot_id),
            FamilyTicks(storage, bot_id),
            offices["broadcast_sending"],
        ),
        ticks_of_the_base=(Visits(storage),),
        fresh=send_menu(offices),
        greet=greet,
        limits=limits,
    )
    add_mail_pages(runtime.web_app(), offices["contacts"])
    mail = mail_postman(settings, storage, clock)
    if mail is not None:
        runtime.add_postman(mail)
    return App(settings, storage, clock, offices, runtime)


def make_offices(settings: Settings, storage: Storage, clock: Clock) -> dict[str, Any]:
    """The school's offices by the names that handlers ask for."""
    joining = Joining(storage, clock, settings.key())
    bot_id = None if settings.bot_token is None else bot_id_of(settings)
    sending = Sending(storage, clock, bot_id)
    return {
        "storage": storage,
        "clock": clock,
        "directory": Directory(storage, clock),
        "drafts": Drafts(storage, clock),
        "lessons": Lessons(storage, clock),
        "records": Records(storage, clock),
        "homework": Homework(storage, clock),
        "personal_homework": PersonalHomework(storage, clock),
        "attendance": Attendance(storage, clock),
        "marks": Marks(storage, clock),
        "comments": Comments(storage, clock),
        "checking": Checking(storage, clock),
        "journal": Journal(storage, clock),
        "corrections": Corrections(storage, clock),
        "decisions": Decisions(storage, clock),
        "finals": Finals(storage, clock),
        "term_results": TermResults(storage, clock),
        "term_mark_requests": TermMarkRequests(storage, clock),
        "receipts": Receipts(storage, clock),
        "family_results": FamilyResults(storage, clock),
        "results_reading": ResultsReading(storage, clock),
        "printing": Printing(storage, clock),
        "quick_line": QuickLine(storage, clock),
        "reminders": Reminders(storage, clock, bot_id),
        "threads": Threads(storage, clock),
        "broadcasts": Broadcasts(storage, clock),
        "broadcast_sending": sending,
        "broadcast_progress": BroadcastProgress(storage, clock, sending),
        "broadcast_replies": BroadcastReplies(storage, clock, sending),
        "control": Control(storage, clock, bot_id),
        "substitutions": Substitutions(storage, clock),
        "substitution_journals": SubstitutionJournals(storage, clock),
        "lesson_states": LessonStates(storage, clock),
        "leaves": StaffLeaves(storage, clock),
        "subgroups": Subgroups(storage, clock),
        "joining": joining,
        "diary": Diary(storage, clock),
        "contacts": Contacts(storage, clock, mail_links(settings)),
        "plans": Plans(storage, clock),
        "homeroom": Homeroom(storage, clock, joining),
        "student_access": StudentAccess(storage, clock, joining),
        "ties": Ties(storage, clock),
        "staff_access": StaffAccess(storage, clock, joining),
        "absences": Absences(storage, clock),
        "absence_notes": AbsenceNotes(storage, clock),
        "my_class": MyClass(storage, clock),
        "briefings": Briefings(storage, clock),
        "class_journal": ClassJournal(storage, clock, Journal(storage, clock)),
        "note_decisions": NoteDecisions(storage, clock),
        "desk": Desk(storage, clock),
        "preferences": Preferences(storage, clock),
    }
