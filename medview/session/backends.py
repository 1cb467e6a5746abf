"""Which backend a model runs by: what a person set, else the fastest that was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from medview.ai.backend_choice import BackendChoices, Measurement, fastest
from medview.ai.network.backend import AUTO, REFERENCE, backend_named, discover_backends
from medview.core.job import Progress
from medview.core.volume import Volume

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor

SETTING = "backend"


@dataclass(frozen=True)
class BackendRow:
    """One backend to choose from: ``missing`` says why it cannot run here, "" when it can."""

    id: str
    title: str
    missing: str


def backend_rows() -> list[BackendRow]:
    """Every backend of the program, PyTorch first. Loads no library."""
    return [BackendRow(one.id, one.title, one.missing()) for one in discover_backends().values()]


def check_backend(wanted: str) -> str:
    """The id; MedviewError "no-such-backend" where it is neither "auto" nor known."""
    return wanted if wanted == AUTO else backend_named(wanted).id


def settle(predictor: Predictor, wanted: str, choices: BackendChoices) -> bool:
    """Make the predictor use the wanted backend; for "auto" the fastest one measured.

    PyTorch while nothing is measured here for this model; returns whether that is so.
    """
    if wanted != AUTO:
        predictor.use_backend(wanted)
        return False
    measured = choices.measured(predictor.choice_key)
    predictor.use_backend(fastest(measured).id if measured else REFERENCE)
    return not measured


def measure(
    predictor: Predictor, choices: BackendChoices, progress: Progress, volume: Volume | None = None
) -> list[Measurement]:
    """Measure what can run here, on ``volume`` as the real case, and keep it. Raises Cancelled."""
    measured = predictor.measure_backends(progress, volume)
    choices.keep(predictor.choice_key, measured)
    return measured
