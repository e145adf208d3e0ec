"""/help: everybody's own guides in one tap, and for strangers the way to a slip."""

import pytest

from handlers.callbacks.help import Guide, OpenGuide
from services.i18n import speaking
from tests.everybody.canaries import text_of
from tests.everybody.world import World
from tests.leaks.hunt import datas

OWN = {
    "teacher": {Guide.TEACHER},
    "homeroom": {Guide.TEACHER, Guide.HOMEROOM},
    "administrator": {Guide.ADMINISTRATOR},
    "deputy": {Guide.ADMINISTRATOR},
    "mother": {Guide.GUARDIAN},
    "student": {Guide.STUDENT},
}


@pytest.mark.parametrize("who", OWN)
def test_help_offers_ones_own_guides_and_no_other_opens(world: World, who: str) -> None:
    user = world.two.people[who]
    [page] = world.does(world.chats.types(user, "/help")).calls
    offered = {data for data in datas(page.reply_markup) if data.startswith(OpenGuide.__prefix__)}  # type: ignore[attr-defined]
    assert offered == {OpenGuide(guide=one).pack() for one in OWN[who]}
    assert "Орлова Анна Сергеевна" in text_of(page), "whom to ask"
    for guide in Guide:
        came = world.does(world.chats.press(user, OpenGuide(guide=guide).pack()))
        assert (came.refused is None) == (guide in OWN[who])


@pytest.mark.parametrize(("who", "family"), [("teacher", False), ("homeroom", False), ("mother", True)])
def test_only_a_family_is_told_of_stop_and_of_another_slip(world: World, who: str, family: bool) -> None:
    [page] = world.does(world.chats.types(world.two.people[who], "/help")).calls
    assert ("/stop" in text_of(page)) == family


def test_a_stranger_is_told_how_to_get_a_slip_and_no_name(world: World) -> None:
    with speaking("ru"):
        [page] = world.does(world.chats.types(world.two.people["nobody"], "/help")).calls
    said = text_of(page)
    assert "классный руководитель" in said
    assert "Орлова" not in said
