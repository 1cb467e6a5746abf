"""Attribution methods, one per file; `medview.ai.explain.METHODS` names them for the window.

A method is a function ``attribute(question) -> map`` where the map is (rows, columns) 0..1 at the
network's resolution, all zero when nothing speaks for the class.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medview.ai.explain import METHODS
from medview.core.errors import MedviewError
from medview.core.job import Progress

if TYPE_CHECKING:
    from torch import Tensor

    from medview.ai.network.unet import UNet


@dataclass(frozen=True, eq=False)
class Question:
    """Why is ``region`` (rows, columns, bool) of this input (1, 4, rows, columns) this class?"""

    network: UNet
    inputs: Tensor
    class_index: int
    region: Tensor
    layer: str = "default"
    progress: Progress = field(default_factory=Progress)


Attribute = Callable[[Question], NDArray[np.float32]]


def attribution(name: str) -> Attribute:
    """The method's function; MedviewError when it is unknown or its package is not installed."""
    if name not in METHODS:
        raise MedviewError(
            f"There is no heat map method {name!r}.",
            hint="Known: " + ", ".join(METHODS) + ".",
            code="unknown-method",
        )
    method = METHODS[name]
    if method.extra:
        try:
            importlib.import_module(method.extra)
        except ImportError as error:
            raise MedviewError(
                f"{method.title} needs the package {method.extra}, which is not installed.",
                hint="Install medview[explain], or choose another method.",
                code="missing-package",
            ) from error
    module: Any = importlib.import_module(f"{__name__}.{name}")
    found: Attribute = module.attribute
    return found
