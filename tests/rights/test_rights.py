"""The matrix of rights: every button there is, pressed by everybody, near and far, with a right, without and no more.

Generated from the registered buttons: one that isn't declared fails, and says which line to add. What is allowed must
be reached; what is not must be refused in a designed sentence, change no row and bring nobody a foreign child's canary.
"""

import pytest
from aiogram.filters.callback_data import CallbackData

from handlers.callbacks import every_button
from tests.everybody import buttons
from tests.everybody.world import World
from tests.rights import declared

BUTTONS = every_button()
EVERY_BUTTON = pytest.mark.parametrize("button", BUTTONS, ids=lambda button: named(button))
GROUPS = {name: value for name, value in vars(declared).items() if name.isupper() and isinstance(value, frozenset)}


def named(button: type[CallbackData]) -> str:
    """A button by its scene and class: «marks.PutMark»."""
    return f"{button.__module__.rpartition('.')[2]}.{button.__name__}"


def test_every_button_has_a_declared_right() -> None:
    missing = sorted({named(button) for button in BUTTONS} - declared.BUTTONS.keys())
    assert not missing, (
        f"{', '.join(missing)}: say in tests/rights/declared.py who may press it (regulation §2). The line as the code "
        "behaves now: `./zvonok test tests/rights -k " + missing[0].rpartition(".")[2] + "`"
    )


@pytest.mark.slow
@EVERY_BUTTON
def test_a_button_opens_to_those_with_the_right_and_to_nobody_else(world: World, button: type[CallbackData]) -> None:
    name = named(button)
    pressed = buttons.made(button, world.two.near).pack()
    may = declared.BUTTONS.get(name)
    let_in, wrong = set(), []
    for who, user in world.two.people.items():
        came = world.does(world.chats.press(user, pressed))
        leaks, changed = world.leaks(user, came.calls), world.changed()
        world.restore()
        not_now = came.refused is not None and came.refused == declared.NOT_NOW.get(name)
        if came.refused is None or not_now:
            let_in.add(who)
        if leaks:
            wrong.append(f"{who} received what is not theirs: {leaks}")
        if came.refused is not None and changed:
            wrong.append(f"{who} was refused ({came.refused}), and yet {sorted(changed)} changed")
        if came.refused is not None and not came.calls:
            wrong.append(f"{who} was refused without a word")
        if may is not None and (who in may) != (who in let_in):
            wrong.append(
                f"{who} {'may and was refused: ' + str(came.refused) if who in may else 'may not and was let in'}"
            )
    assert may is not None, undeclared(name, let_in)
    assert not wrong, "\n".join([f"{name} ({pressed}):", *wrong])


@pytest.mark.slow
@EVERY_BUTTON
def test_a_button_with_another_schools_or_anothers_things_opens_nothing(
    world: World, button: type[CallbackData]
) -> None:
    """Those with the right press it with one id changed, or all: another school's, or nobody's of theirs here."""
    may = declared.BUTTONS.get(named(button), frozenset())
    near, far = world.two.near, world.two.far
    ids = buttons.ids_of(button, near)
    forged = {f"far {field}": {field: getattr(buttons.made(button, far), field)} for field in ids}
    forged["all far"] = {field: getattr(buttons.made(button, far), field) for field in ids}
    elsewhere = {f"other {field}": {field: near.elsewhere[field]} for field in ids if field in near.elsewhere}
    wrong = []
    for who in sorted(may & near.people.keys()) if ids else ():
        for what, other in (forged if who in declared.OFFICE else forged | elsewhere).items():
            user = near.people[who]
            came = world.does(world.chats.press(user, buttons.made(button, near, **other).pack()))
            leaks, changed = world.leaks(user, came.calls), world.changed()
            world.restore()
            if leaks or changed or (came.refused is None and (named(button), what) not in declared.HARMLESS):
                wrong.append(f"{who} with {what} ({other}): {came.refused}, {leaks}, changed {sorted(changed)}")
    assert not wrong, "\n".join([f"{named(button)}:", *wrong])


def test_nothing_is_declared_that_is_not_there() -> None:
    there = {named(button) for button in BUTTONS}
    assert declared.BUTTONS.keys() <= there, f"take away: {sorted(declared.BUTTONS.keys() - there)}"
    assert declared.NOT_NOW.keys() <= there


def undeclared(name: str, let_in: set[str]) -> str:
    """The line that is missing, as the code behaves now."""
    return (
        f"{name} has no declared right. As it behaves now, the line of tests/rights/declared.py is\n"
        f'    "{name}": {said(let_in)},\nAdd it only if regulation §2 gives exactly these people the right.'
    )


def said(people: set[str]) -> str:
    """The people in the words of declared.py: the largest groups that fit, then single names."""
    left, words = set(people), []
    for group, members in sorted(GROUPS.items(), key=lambda one: -len(one[1])):
        if members and members <= people and members & left:
            words.append(group)
            left -= members
    return " | ".join([*words, *([f"{left}"] if left else [])]) or "NOBODY_AT_ALL"
