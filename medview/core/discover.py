"""A feature is one file that the program finds: the classes of a package, without a list."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any, TypeVar

Found = TypeVar("Found")


def classes_of(package: ModuleType, kind: type[Found]) -> list[type[Found]]:
    """The subclasses of ``kind`` in the modules of a package that name their own ``id``.

    Sorted by ``order``, then ``id``. The frozen program must collect the package's submodules.
    """
    found: set[type[Found]] = set()
    for module in pkgutil.iter_modules(package.__path__):
        loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, kind) and "id" in vars(value):
                found.add(value)

    def rank(one: Any) -> tuple[int, str]:
        return one.order, one.id

    return sorted(found, key=rank)
