"""Preferences: what is chosen is kept, and nobody chooses for somebody else."""

import pytest

from services.preferences import EVENING_HOURS, NoSuchHour, Preferences
from storage.uow import Storage
from storage.vocabulary import DeliveryMode
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
