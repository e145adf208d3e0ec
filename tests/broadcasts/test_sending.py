"""A broadcast from the draft to its end: who gets it, when, once; and how its author sees it."""

from datetime import timedelta

import pytest

from services.broadcasts.refusals import NothingToCancel
from storage.vocabulary import AudienceKind, BroadcastState
from tests.broadcasts.conftest import HELD, Office
from tests.letters.mailbox import Mailbox

TEXT = "Завтра в 9:00 едем в музей.\n\nВозьмите сменную обувь <и бутерброд>."


async def test_the_families_of_a_class_get_it_after_the_minute_and_nobody_else(box: Mailbox, office: Office) -> None:
    school = box.cast
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT)
    actor = school.actor(school.homeroom_teacher)
    seen = await office.writing.preview(actor, id_)
    assert (seen.reach.people, sum(seen.reach.by_channel.values())) == (3, 3)
    await office.writing.send(actor, id_, seen.content.rev)
    await office.passes(HELD - timedelta(seconds=1))
    assert await box.brings() == {}
    await office.passes(timedelta(seconds=1))
    got = await box.brings()
    assert set(got) == {school.mother_larina, school.father_larin, school.mother_onegina, school.homeroom_teacher}
    [letter] = got[school.mother_larina]
    assert letter.text == (
        "<b>Кузнецова В. А., классный руководитель 7Б</b>\n\n"
        "Завтра в 9:00 едем в музей.\n\nВозьмите сменную обувь &lt;и бутерброд&gt;."
    )
    assert letter.buttons == []
    [progress] = got[school.homeroom_teacher]
    assert "Ждут: 3" in progress.text
    await office.passes()
    [progress] = (await box.brings())[school.homeroom_teacher]
    assert "✅ Отправлено." in progress.text
    assert "Доставлено: 3 из 3" in progress.text
