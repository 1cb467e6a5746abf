"""Comparing versions that are there already, as the comparison at the end of a training does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medview.ai.catalog import Catalog
from medview.core.job import Progress
from medview.session.blending import blend_versions
from medview.session.comparing import compare
from medview.session.lineage import seen_patients
from medview.session.models import Models
from medview.session.retraining import read_reviews
from medview.session.reviewed_labels import usable
from medview.store.workspace import Workspace


def compare_versions(
    workspace_folder: Path,
    base: str | None,
    candidate: str,
    blend: float | None = None,
    device: str = "auto",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The fields of a "done" event: ``candidate``, ``base``, and those of `compare`.

    ``base`` None is the version in use. With ``blend`` a version between both is made first and
    compared instead of the candidate; it is discarded again when this is cancelled.
    """
    from medview.ai.training.make_model import write_metrics

    progress = progress or Progress()
    catalog = Catalog(workspace_folder / "models")
    workspace = Workspace.open_readonly(workspace_folder)
    try:
        models = Models(workspace, catalog)
        first, second = models.find(base), models.find(candidate)
    finally:
        workspace.close()
    progress.report(0.0, "Comparing both models")
    if blend is not None:
        second = blend_versions(catalog, first, second, blend)
    held_out = [
        one
        for one in read_reviews(workspace_folder)
        if usable(one) and one.record.split == "held-out"
    ]
    seen = seen_patients(catalog, first.card)
    try:
        result = compare(first.folder, second.folder, held_out, device, progress, seen)
    except BaseException:
        if blend is not None:
            catalog.remove(second.card.name, second.card.version)
        raise
    if blend is not None:
        write_metrics(second.folder, result)
    return {"candidate": second.card.id, "base": first.card.id, **result}
