"""The one door to the rooms that import torch: in words where PyTorch does not load."""

from __future__ import annotations

import importlib
from types import ModuleType

from medview.core.errors import MedviewError


def predictor_module() -> ModuleType:
    """`medview.ai.network.predictor`, and torch with it; else MedviewError "no-torch"."""
    try:
        return importlib.import_module("medview.ai.network.predictor")
    except (ImportError, OSError) as error:
        raise MedviewError(
            f"The model cannot run here, because PyTorch does not load: {error}",
            hint="Everything else works. Reinstall torch to segment and train.",
            code="no-torch",
        ) from error
