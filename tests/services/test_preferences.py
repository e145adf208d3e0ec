"""Preferences: what is chosen is kept, and nobody chooses for somebody else."""

import pytest

from services.directory import Directory
from services.preferences import EVENING_HOURS, Language, NoSuchHour, NoSuchQuiet, NotYoursToSwitch, Preferences
from services.rules import quiet_hours
from services.rules.quiet_hours import Way
from storage.uow import Storage
from storage.vocabulary import DeliveryMode, ItemKind
from tests.school import Cast, found


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def preferences(storage: Storage, school: Cast) -> Preferences:
    return Preferences(storage, school.clock)


async def test_until_somebody_chooses_the_regulation_holds(preferences: Preferences, school: Cast) -> None:
    choice = await preferences.view(school.actor(school.father_larin))
    assert (choice.hours.mode, choice.hours.digest_minute) == (DeliveryMode.DIGEST, 18 * 60 + 30)
    assert choice.children == ("Татьяна",)
    assert choice.consents


async def test_a_choice_is_kept_for_its_person_only(preferences: Preferences, school: Cast) -> None:
    father, mother = school.actor(school.father_larin), school.actor(school.mother_larina)
    await preferences.choose_mode(father, DeliveryMode.IMPORTANT)
    await preferences.choose_hour(father, 20 * 60)
    kept = (await preferences.view(father)).hours
    assert (kept.mode, kept.digest_minute, kept.quiet_from) == (DeliveryMode.IMPORTANT, 20 * 60, 21 * 60)
    assert (await preferences.view(mother)).hours.mode is DeliveryMode.INSTANT


@pytest.mark.parametrize("minute", [0, 15 * 60, 18 * 60 + 31, 21 * 60, 23 * 60 + 59])
async def test_only_the_hours_offered_can_be_chosen(preferences: Preferences, school: Cast, minute: int) -> None:
    assert minute not in EVENING_HOURS
    with pytest.raises(NoSuchHour):
        await preferences.choose_hour(school.actor(school.father_larin), minute)
    assert (await preferences.view(school.actor(school.father_larin))).hours.digest_minute == 18 * 60 + 30


async def test_choosing_twice_is_choosing_once(preferences: Preferences, school: Cast) -> None:
    father = school.actor(school.father_larin)
    for _ in range(2):
        choice = await preferences.choose_mode(father, DeliveryMode.INSTANT)
    assert choice.hours.mode is DeliveryMode.INSTANT


async def test_quiet_hours_are_chosen_from_those_offered_and_can_be_none(
    preferences: Preferences, school: Cast
) -> None:
    father = school.actor(school.father_larin)
    await preferences.quiet_from(father, 22 * 60)
    kept = (await preferences.quiet_until(father, 9 * 60)).hours
    assert (kept.quiet_from, kept.quiet_until) == (22 * 60, 9 * 60)
    none = (await preferences.no_quiet(father)).hours
    assert none.quiet_from == none.quiet_until
    again = (await preferences.quiet_from(father, 23 * 60)).hours
    assert (again.quiet_from, again.quiet_until) == (23 * 60, 7 * 60)
    for choose, minute in ((preferences.quiet_from, 12 * 60), (preferences.quiet_until, 22 * 60)):
        with pytest.raises(NoSuchQuiet):
            await choose(father, minute)


async def test_a_kind_goes_its_own_way_until_it_is_as_usual_again(preferences: Preferences, school: Cast) -> None:
    father = school.actor(school.father_larin)
    choice = await preferences.choose_kind(father, ItemKind.MARK, Way.AT_ONCE)
    assert quiet_hours.way(ItemKind.MARK, choice.hours) is Way.AT_ONCE
    assert quiet_hours.way(ItemKind.HOMEWORK, choice.hours) is Way.EVENING
    choice = await preferences.choose_kind(father, ItemKind.MARK, None)
    assert choice.hours.kinds == {}


@pytest.mark.parametrize("kind", [ItemKind.ABSENCE, ItemKind.TERM_RESULT, ItemKind.THREAD, ItemKind.DIGEST])
async def test_what_the_school_must_tell_can_not_be_chosen(
    preferences: Preferences, school: Cast, kind: ItemKind
) -> None:
    with pytest.raises(NotYoursToSwitch):
        await preferences.choose_kind(school.actor(school.father_larin), kind, Way.NEVER)


async def test_the_language_is_the_persons_own(preferences: Preferences, school: Cast) -> None:
    father = school.actor(school.father_larin)
    assert (await preferences.choose_language(father, Language.ENGLISH)).locale == "en"
    found_again = await Directory(preferences._storage, school.clock).actor(school.visitor(school.father_larin))
    assert found_again is not None and found_again.locale == "en"
