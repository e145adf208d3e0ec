"""The office's screens fit a phone and Telegram, in both languages, with the longest names there are."""

import pytest

from handlers.screens import arrangements, leave, lesson_states, subgroups, substitution_journal
from services.i18n import speaking
from services.leave import StaffLeaves
from services.lesson_states import LessonStates
from services.subgroups import Subgroups
from services.substitutions.journal import SubstitutionJournals
from services.substitutions.office import Substitutions
from services.substitutions.views import ReasonAsked, SubstitutionPut
from storage.uow import Storage
from storage.vocabulary import ChangeReason, LeaveKind, Role, SubgroupId
from tests.school import TODAY, found
from tests.screens.test_teacher_screens import checked


@pytest.mark.parametrize("locale", ["ru", "en"])
async def test_every_screen_of_the_office_fits(storage: Storage, locale: str) -> None:
    school = await found(storage)
    school.roles[school.deputy] = frozenset({Role.DEPUTY, Role.ADMINISTRATOR})
    deputy, literature = school.actor(school.deputy), school.lessons["литература"]
    office, states = Substitutions(storage, school.clock), LessonStates(storage, school.clock)
    leaves, parts = StaffLeaves(storage, school.clock), Subgroups(storage, school.clock)
    with speaking(locale):
        checked(arrangements.day(await office.day(deputy)))
        checked(arrangements.teachers(await office.day(deputy), 0))
        checked(arrangements.teacher_day(await office.teacher_day(deputy, TODAY, school.stranger)))
        checked(arrangements.choice(await office.choice(deputy, literature, school.colleague)))
        asked = await office.put(deputy, literature, school.colleague, school.substitute, 0)
        assert isinstance(asked, ReasonAsked)
        checked(arrangements.reason_asked(asked))
        put = await office.put(deputy, literature, school.colleague, school.substitute, 0, ChangeReason.SICK)
        assert isinstance(put, SubstitutionPut)
        text = checked(arrangements.substitution_put(put))
        assert "Лобачевский Н. И." in text
        checked(lesson_states.cancel_asked(await states.ask_to_cancel(deputy, school.lessons["завтра"])))
        checked(lesson_states.state_put(await states.cancel(deputy, school.lessons["завтра"], ChangeReason.COLD)))
        checked(lesson_states.move_choice(await states.choose_move(deputy, school.algebra)))
        until = await leaves.ask_until(deputy, school.owner, LeaveKind.SICK, TODAY)
        checked(leave.until_asked(until))
        checked(leave.kinds(until.person, TODAY))
        checked(leave.person_leave((await leaves.put(deputy, school.owner, LeaveKind.SICK, TODAY, None)).view))
        checked(leave.leaves(await leaves.everybody(deputy)))
        journal = await SubstitutionJournals(storage, school.clock).of_days(deputy, TODAY, TODAY)
        checked(substitution_journal.journal(journal, month=False, page=0))
        checked(subgroups.classes(await parts.classes(deputy)))
        checked(subgroups.class_parts(await parts.of_class(deputy, school.class_7b)))
        checked(subgroups.members(await parts.members(deputy, SubgroupId(school.halves[0])), 0))
