"""aiogram without building what a school never asks for: importing this module is what does it.

While aiogram is imported it builds a validator for each of the Bot API's four hundred types, and each holds copies of
all the types inside it: 107 MiB and 1.8 s of a start. pydantic builds a model by itself when it is first used, if it
finds the names that its fields are made of. So the building is passed over here, and each of aiogram's modules is given
those names of its fields that it imports for type checkers alone.

It has to come before anything that imports aiogram; where that is missed, all is as aiogram has it, only heavier.
"""

import re
import sys
from typing import Any

from pydantic import BaseModel


def _later(cls: Any, /, **_how: Any) -> None:
    """In place of `model_rebuild`, which aiogram calls for each type."""


def _import_aiogram() -> None:
    stock = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(_later)  # type: ignore[assignment, method-assign]
    try:
        from aiogram import types
    finally:
        BaseModel.model_rebuild = stock  # type: ignore[method-assign]
    names = {name: getattr(types, name) for name in types.__all__}
    for model in names.values():
        if isinstance(model, type):
            notes = [note for one in model.__mro__ for note in vars(one).get("__annotations__", {}).values()]
            wanted = {name: names[name] for name in re.findall(r"\w+", " ".join(map(str, notes))) if name in names}
            namespace = vars(sys.modules[model.__module__])
            namespace.update(wanted | namespace)


if "aiogram.types" not in sys.modules:
    _import_aiogram()
