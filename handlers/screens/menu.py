"""The menu: what a person can open, by what they are in the school."""

from handlers.callbacks.absence_notes import StartNote
from handlers.callbacks.access import OpenStaffAccess
from handlers.callbacks.arrangements import OpenArrangements, OpenSubgroups
from handlers.callbacks.broadcasts import OpenBroadcasts
from handlers.callbacks.control import OpenControl
from handlers.callbacks.corrections import OpenRequests
from handlers.callbacks.diary import OpenResults, OpenSubjects, OpenThisWeek
from handlers.callbacks.family import OpenDiary, OpenPreferences
from handlers.callbacks.finals import OpenFinals, OpenTermResults
from handlers.callbacks.homeroom import OpenMyClass
from handlers.callbacks.journal import OpenJournal
from handlers.callbacks.lessons import OpenLessons
from handlers.callbacks.plans import OpenPlans
from handlers.callbacks.threads import OpenThreads, WriteToTeacher
from handlers.screen import Button, Screen, tap
from services.actor import Actor
from services.assignments import CONTROLLING
from services.broadcasts.audience import OFFICE
from services.i18n import gettext as _
from storage.vocabulary import Role

TEACHING = frozenset({Role.TEACHER, Role.EDUCATOR})


def menu(actor: Actor, greeting: str | None = None) -> Screen:
    """The menu of a connected person; `greeting` (HTML) stands in the place of the usual line."""
    rows: list[list[Button]] = []
    if actor.roles & TEACHING:
        rows.append([tap(_("My lessons"), OpenLessons()), tap(_("Plans"), OpenPlans(page=0))])
        rows.append([tap(_("Journal"), OpenJournal(page=0)), tap(_("Term marks"), OpenFinals(page=0))])
    if actor.homeroom:
        rows.append([tap(_("My class"), OpenMyClass()), tap(_("Broadcast"), OpenBroadcasts(page=0))])
    if actor.roles & CONTROLLING:
        rows.append([tap(_("School control"), OpenControl(page=0))])
        rows.append([tap(_("Results"), OpenTermResults()), tap(_("Requests"), OpenRequests(page=0))])
    if actor.roles & {Role.ADMINISTRATOR, Role.DEPUTY}:
        subgroups = [tap(_("Subgroups"), OpenSubgroups())] if Role.ADMINISTRATOR in actor.roles else []
        rows.append([tap(_("Substitutions"), OpenArrangements()), *subgroups])
    if Role.ADMINISTRATOR in actor.roles:
        rows.append([tap(_("Access"), OpenStaffAccess(page=0))])
    if actor.roles & OFFICE and not actor.homeroom:
        rows.append([tap(_("Broadcast"), OpenBroadcasts(page=0))])
    if actor.roles & {Role.GUARDIAN, Role.STUDENT}:
        rows.append([tap(_("Diary"), OpenDiary()), tap(_("Week"), OpenThisWeek(student=0))])
        rows.append([tap(_("Subjects"), OpenSubjects(student=0, term=0)), tap(_("Results"), OpenResults(student=0))])
    if Role.GUARDIAN in actor.roles:
        rows.append([tap(_("Will not come"), StartNote()), tap(_("Write to a teacher"), WriteToTeacher())])
        rows.append([tap(_("Correspondence"), OpenThreads(page=0)), tap(_("Settings"), OpenPreferences())])
    elif Role.STUDENT in actor.roles:
        rows.append([tap(_("Write to a teacher"), WriteToTeacher()), tap(_("Correspondence"), OpenThreads(page=0))])
        rows.append([tap(_("Settings"), OpenPreferences())])
    elif actor.homeroom or actor.roles & (TEACHING | CONTROLLING):
        rows.append([tap(_("Correspondence"), OpenThreads(page=0))])
    return Screen(greeting or _("What shall we open?"), rows)
