"""Heat maps of a slice or a whole volume: asked on the model's grid, shown on ours."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from medview.ai.explain import METHODS, ExplainOptions, pick_region
from medview.ai.findings import Finding
from medview.ai.network.attribution import Question, attribution
from medview.ai.network.finding_map import finding_map
from medview.ai.network.predictor import Predictor
from medview.ai.prediction import HeatMap, outward
from medview.ai.preprocess import PreparedVolume
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.volume import Volume

DOUBT_TITLE = "Doubt"
Kind = TypeVar("Kind", np.float32, np.bool_)


def explain_slice(
    predictor: Predictor,
    volume: Volume,
    slice_index: int,
    options: ExplainOptions,
    progress: Progress,
) -> HeatMap:
    """The heat map of one stored slice of the volume, on its pixels.

    A volume that is not stored axially needs the maps of all its axial slices, of which the shown
    plane is cut. MedviewError "label-not-found" where the model finds none of the class.
    """
    prepared = PreparedVolume(volume, predictor.card.input)
    if prepared.permutation[0] == 0:
        index = _canonical_slice(prepared, slice_index)
        region = _Region(options, *_on_canonical(prepared, volume, slice_index, options))
        found = _canonical_map(predictor, prepared, index, options, region, progress)
        if found is None:
            raise _not_found(predictor, options, "on this slice")
        return _heat_map(predictor, volume, slice_index, _stored(prepared, volume, found), options)
    values = explain_volume(predictor, volume, options, progress)[slice_index]
    if not values.any():
        raise _not_found(predictor, options, "on this slice")
    return _heat_map(predictor, volume, slice_index, values, options)


def explain_slices(
    predictor: Predictor, volume: Volume, options: ExplainOptions, progress: Progress, first: int
) -> int:
    """Heat maps of all stored slices where the class is found, from ``first`` outwards.

    Each is handed out through ``progress.item`` as a `HeatMap` with float16 values; returns how
    many there are.
    """
    prepared = PreparedVolume(volume, predictor.card.input)
    count = volume.geometry.shape[0]
    if prepared.permutation[0] != 0:
        values = explain_volume(predictor, volume, options, progress)
        found = [index for index in range(count) if values[index].any()]
        for index in found:
            progress.item(_heat_map(predictor, volume, index, values[index], options, np.float16))
        return len(found)
    made = 0
    for done, index in enumerate(outward(first, count)):
        progress.report(done / count, f"Heat maps, {done} of {count} slices")
        place = _canonical_slice(prepared, index)
        found_map = _canonical_map(
            predictor, prepared, place, options, _Region(options), progress.quiet()
        )
        if found_map is not None:
            values = _stored(prepared, volume, found_map)
            progress.item(_heat_map(predictor, volume, index, values, options, np.float16))
            made += 1
    return made


def explain_volume(
    predictor: Predictor, volume: Volume, options: ExplainOptions, progress: Progress
) -> NDArray[np.float32]:
    """Heat maps of all axial slices, each scaled to its own maximum, on the volume's grid."""
    prepared = PreparedVolume(volume, predictor.card.input)
    result = np.zeros(volume.geometry.shape, np.float32)
    target = prepared.canonical_view(result)
    for index in range(prepared.slice_count):
        progress.report(index / prepared.slice_count, "Heat map")
        found = _canonical_map(
            predictor, prepared, index, options, _Region(options), progress.quiet()
        )
        if found is not None:
            target[index] = found
    return result


def doubt_of_slice(
    predictor: Predictor, volume: Volume, slice_index: int, progress: Progress
) -> HeatMap:
    """The entropy of the model's answer on one stored slice, 0..1, as a `HeatMap` of label 0."""
    prepared = PreparedVolume(volume, predictor.card.input)
    if prepared.permutation[0] == 0:
        index = _canonical_slice(prepared, slice_index)
        spread = predictor.slice_labels(prepared, [index], want_entropy=True)[1][0]
        values = _stored(prepared, volume, np.clip(spread, 0.0, 1.0))
    else:
        whole = predictor.predict(volume, progress.quiet(), slice_index, want_entropy=True).entropy
        empty = np.zeros(volume.geometry.shape[1:], np.float32)
        values = empty if whole is None else np.clip(whole[slice_index], 0.0, 1.0)
    is_calibrated = bool(predictor.card.calibration)
    return HeatMap(
        volume.case_key, slice_index, values, 0, DOUBT_TITLE, "", predictor.card.id, is_calibrated
    )


def map_of_finding(
    predictor: Predictor, volume: Volume, slice_index: int, finding: Finding
) -> HeatMap:
    """Grad-CAM of a finding's score on one stored axial slice, as a `HeatMap` of label 0."""
    prepared = PreparedVolume(volume, predictor.card.input)
    index = _canonical_slice(prepared, slice_index)
    inputs = torch.from_numpy(prepared.network_input(index)[None]).to(predictor.device)
    full = _on_image(prepared, finding_map(predictor.network, inputs, finding))
    values = _stored(prepared, volume, full)
    return HeatMap(
        volume.case_key, slice_index, values, 0, finding.name, "", predictor.card.id, False
    )


class _Region:
    """Which pixels the question is about, in canonical coordinates."""

    def __init__(
        self,
        options: ExplainOptions,
        point: tuple[float, float] | None = None,
        drawn: NDArray[np.bool_] | None = None,
    ) -> None:
        self._options, self._point, self._drawn = options, point, drawn

    def of(self, prepared: PreparedVolume, found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Where to ask, on the network's grid; ``found`` is where the model finds the class."""
        grid = prepared.grid
        if self._options.region == "drawn" and self._drawn is not None:
            rows, columns = (
                np.round(grid.start[axis] + grid.step[axis] * np.arange(grid.shape[axis])).astype(
                    int
                )
                for axis in (0, 1)
            )
            inside = np.ix_(
                (rows >= 0) & (rows < self._drawn.shape[0]),
                (columns >= 0) & (columns < self._drawn.shape[1]),
            )
            region = np.zeros(grid.shape, bool)
            height, width = self._drawn.shape
            nearest = np.ix_(rows.clip(0, height - 1), columns.clip(0, width - 1))
            region[inside] = self._drawn[nearest][inside]
            return region
        if self._options.region == "component" and self._point is not None:
            where = (
                (self._point[0] - grid.start[0]) / grid.step[0],
                (self._point[1] - grid.start[1]) / grid.step[1],
            )
            return pick_region(found, where)
        return found


def _canonical_map(
    predictor: Predictor,
    prepared: PreparedVolume,
    index: int,
    options: ExplainOptions,
    wanted: _Region,
    progress: Progress,
) -> NDArray[np.float32] | None:
    """The map of one canonical slice at image resolution; None where the class is not found."""
    inputs = torch.from_numpy(prepared.network_input(index)[None]).to(predictor.device)
    with torch.no_grad():
        found = (predictor.network(inputs)[0].argmax(0) == options.label_id).cpu().numpy()
    region = wanted.of(prepared, found)
    if not region.any():
        return None
    question = Question(
        predictor.network,
        inputs,
        options.label_id,
        torch.from_numpy(region).to(predictor.device),
        options.layer,
        progress,
    )
    small = attribution(options.method)(question)
    return _on_image(prepared, small)


def _on_image(prepared: PreparedVolume, small: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map of the network's grid on a canonical slice; 0 outside the grid."""
    full = np.clip(prepared.upsample(small[None])[0], 0.0, 1.0)
    rows, columns = prepared.covered()
    result = np.zeros_like(full)
    result[rows, columns] = full[rows, columns]
    return result


def _canonical_slice(prepared: PreparedVolume, slice_index: int) -> int:
    """The canonical index of a stored slice of an axially stored volume."""
    return prepared.slice_count - 1 - slice_index if prepared.flips[0] else slice_index


def _stored(
    prepared: PreparedVolume, volume: Volume, canonical: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A canonical slice's map on the pixels of the stored slice."""
    values = np.zeros(volume.geometry.shape[1:], np.float32)
    _plane_view(prepared, values)[...] = canonical
    return values


def _heat_map(
    predictor: Predictor,
    volume: Volume,
    slice_index: int,
    values: NDArray[np.float32],
    options: ExplainOptions,
    kind: type[np.floating] = np.float32,
) -> HeatMap:
    card, method = predictor.card, METHODS[options.method]
    return HeatMap(
        volume.case_key,
        slice_index,
        values.astype(kind),
        options.label_id if options.shown_as is None else options.shown_as,
        method.title,
        options.layer if method.has_layers else "",
        card.id,
        card.is_reliable(options.method, options.layer, options.label_id),
    )


def _on_canonical(
    prepared: PreparedVolume, volume: Volume, slice_index: int, options: ExplainOptions
) -> tuple[tuple[float, float] | None, NDArray[np.bool_] | None]:
    """The point and the drawn region in canonical rows and columns."""
    drawn = None if options.drawn is None else _plane_view(prepared, options.drawn)
    return _canonical_point(prepared, volume, slice_index, options.point), drawn


def _plane_view(prepared: PreparedVolume, plane: NDArray[Kind]) -> NDArray[Kind]:
    """A stored axial slice in canonical row and column order (a view)."""
    rows_first = prepared.permutation[1] < prepared.permutation[2]
    view = plane if rows_first else plane.T
    return view[:: -1 if prepared.flips[1] else 1, :: -1 if prepared.flips[2] else 1]


def _canonical_point(
    prepared: PreparedVolume, volume: Volume, slice_index: int, point: tuple[float, float] | None
) -> tuple[float, float] | None:
    if point is None:
        return None
    position = volume.geometry.to_patient((slice_index, point[0], point[1]))
    canonical = prepared.geometry.to_voxel(position)
    return float(canonical[1]), float(canonical[2])


def _not_found(predictor: Predictor, options: ExplainOptions, where: str) -> MedviewError:
    name = predictor.card.labels[options.label_id].name
    return MedviewError(
        f"{predictor.card.id} finds no {name} {where}, so there is nothing to explain.",
        hint="Choose another label or slice.",
        code="label-not-found",
    )
