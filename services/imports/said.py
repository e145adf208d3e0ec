"""How values stand in an import's report, in the language now spoken."""

from datetime import date
from typing import Any

from services.i18n import N_, gettext
from services.imports.report import day_text
from storage.repositories.imports_read import KnownPerson
from storage.vocabulary import Relation, Role

_ROLES = {
    Role.DIRECTOR: N_("director"),
    Role.DEPUTY: N_("deputy head"),
    Role.ADMINISTRATOR: N_("journal administrator"),
    Role.SECRETARY: N_("secretary"),
    Role.TEACHER: N_("teacher"),
    Role.EDUCATOR: N_("short-stay group teacher"),
}
_RELATIONS = {
    Relation.MOTHER: N_("mother"),
    Relation.FATHER: N_("father"),
    Relation.GUARDIAN: N_("guardian"),
    Relation.OTHER: N_("legal representative"),
}


def role(one: Role) -> str:
    """An employee's role."""
    return gettext(_ROLES[one])


def value(one: object) -> str:
    """A value as people read it; a dash where there is none."""
    if isinstance(one, date):
        return day_text(one)
    if isinstance(one, str) and one in set(Relation):
        return gettext(_RELATIONS[Relation(one)])
    return "–" if one is None or one == "" else str(one)


def differences(known: KnownPerson | None, values: dict[str, Any]) -> list[str]:
    """What of a person would change; nothing for somebody new."""
    if known is None:
        return []
    hidden = {"key", "external_id"}
    return [f"{value(getattr(known, column))} → {value(new)}" for column, new in values.items() if column not in hidden]
