"""ExplainPart: the session's side of heat maps and of the model's doubt."""

from __future__ import annotations

from typing import cast

import numpy as np
from psygnal import SignalInstance

from medview.ai.explain import ExplainOptions, Region
from medview.ai.prediction import HeatMap
from medview.core.errors import MedviewError
from medview.core.job import Job
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.edit.mask_editor import MaskEditor
from medview.session.model_jobs import ModelJobs
from medview.session.models import Models

DOUBT = "doubt"  # in place of a method's name


class ExplainPart:
    """A part of `Session`, which has the state; ``heatmaps`` by slice of the first axis."""

    registry: Models
    volume: Volume | None
    heatmaps: dict[int, HeatMap]
    heatmap_changed: SignalInstance
    _jobs: ModelJobs

    def _need_volume(self) -> Volume:
        raise NotImplementedError

    def _need_labels(self) -> tuple[LabelMap, MaskEditor]:
        raise NotImplementedError

    @property
    def heatmap(self) -> HeatMap | None:
        """The newest heat map, None when there is none."""
        return next(reversed(self.heatmaps.values()), None)

    @property
    def best_heatmap(self) -> tuple[str, str]:
        """(method, layer) that did best in the active model's card."""
        return self.registry.active_folder().card.best_heatmap

    def heatmap_job(
        self,
        slice_index: int,
        label_id: int,
        *,
        region: str = "component",
        point: tuple[float, float] | None = None,
        layer: str = "default",
        method: str = "seg_grad_cam",
        everywhere: bool = False,
    ) -> Job:
        """A heat map of one slice for a label the active model knows; the result is a `HeatMap`.

        ``region`` "drawn" asks about the voxels that carry the label now, whatever the model says
        of them. ``everywhere``: of all slices, handed out as items. ``method`` "doubt" gives the
        entropy of the model's answer instead, for no label in particular.
        """
        volume = self._need_volume()
        if slice_index in volume.unreadable:
            raise MedviewError(
                f"Slice {slice_index + 1} could not be read, so there is nothing to explain.",
                hint="Choose another slice.",
                code="slice-unreadable",
            )
        if method == DOUBT:
            return self._jobs.doubt(volume, slice_index)
        known, drawn = self._class_of(label_id), None
        if region == "drawn":
            labelmap, _ = self._need_labels()
            drawn = np.array(labelmap.voxels[slice_index] == label_id)
            if not drawn.any():
                raise MedviewError(
                    f"Nothing on this slice is labelled {labelmap.table[label_id].name}.",
                    hint="Brush the region first, or choose another region.",
                    code="nothing-drawn",
                )
        options = ExplainOptions(
            known, cast("Region", region), point, layer, method, drawn, shown_as=label_id
        )
        return self._jobs.explain(volume, slice_index, options, everywhere=everywhere)

    def on_heatmap(self, heatmap: HeatMap, *, add: bool = False) -> None:
        """Show a heat map, unless its case was left; ``add`` keeps those of other slices."""
        if self.volume is not None and heatmap.case_key == self.volume.case_key:
            kept = self.heatmaps if add else {}
            self.heatmaps = {**kept, heatmap.slice_index: heatmap}
            self.heatmap_changed.emit()

    def clear_heatmap(self) -> None:
        self.heatmaps = {}
        self.heatmap_changed.emit()

    def _class_of(self, label_id: int) -> int:
        """The active model's class of a label of the label map, found by name."""
        labelmap, _ = self._need_labels()
        card = self.registry.active_folder().card
        name = labelmap.table[label_id].name if label_id in labelmap.table else ""
        known = card.labels.find(name) if name else None
        if known is None:
            raise MedviewError(
                f"{card.id} does not know the label {name or label_id}.",
                hint="Choose one of: " + ", ".join(label.name for label in card.labels) + ".",
                code="unknown-label",
            )
        return known.id
