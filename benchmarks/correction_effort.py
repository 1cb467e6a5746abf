"""Correction effort: a simulated reader repairs a degraded mask, with the brush or with all tools.

python benchmarks/correction_effort.py [--json FILE]. Two real scans of ../shared/data with their
labels. The mask is degraded as models fail: eroded, a part missing, a leak, a part on the wrong
side. The reader knows the truth and works label by label, until the Dice with it reaches 0.97 or
nothing helps any more. A gesture is one press-to-release stroke, one line, one click, or one
operation; of a line drawn by hand the length counts as voxels drawn, of a brush the voxels under
its path. The reader never misses, so real people need more of both; the ratio is what counts.

Policies. Brush only: in the worst slice the largest wrong part is stroked along its middle with
a disc of the size that fits it. All tools: islands, margin, median and fill holes are tried and
kept when they help; then every fourth slice is redrawn by lasso lines and those between are
interpolated, then every second, then every one. An operation draws no voxels. As the degraded mask
is partly an even erosion, the margin undoes more of it than it would of a model's mistakes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from figures import PROJECT, Figure, main
from numpy.typing import NDArray
from scipy import ndimage

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.edit.draft import keep
from medview.edit.edit import Origin
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.edit.operation import Operation, Scene
from medview.edit.operations.fill_between import FillBetween, FillBetweenOptions
from medview.edit.operations.fill_holes import FillHoles
from medview.edit.operations.islands import Islands
from medview.edit.operations.margin import Margin, MarginOptions
from medview.edit.operations.smooth import Smooth
from medview.edit.tool import Pointer, ToolContext
from medview.edit.tools.brush import Brush, BrushOptions
from medview.edit.tools.lasso import Lasso
from medview.formats import nifti

CASES = ("cmb_crc_01068", "lung_dx_a0002")
ENOUGH = 0.97
MOST_GESTURES = 1500
MANUAL = Origin("tool", "reader")

Mask = NDArray[np.bool_]


@dataclass
class Effort:
    """What the reader did so far."""

    gestures: int = 0
    voxels: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, voxels: int) -> None:
        self.gestures += 1
        self.voxels += voxels
        self.by_kind[kind] = self.by_kind.get(kind, 0) + 1


@dataclass
class Reader:
    """One label of one case: the truth is known, and what is shown is the editor's."""

    on: ToolContext
    truth: Mask
    effort: Effort

    @property
    def mask(self) -> Mask:
        return self.on.editor.labelmap.voxels == self.on.label_id

    def dice(self) -> float:
        mask = self.mask
        total = int(mask.sum() + self.truth.sum())
        return 2.0 * int((mask & self.truth).sum()) / total if total else 1.0

    def is_done(self) -> bool:
        return self.dice() >= ENOUGH or self.effort.gestures >= MOST_GESTURES

    def worst(self) -> int:
        wrong = (self.mask != self.truth).sum(axis=(1, 2))
        return int(wrong.argmax())

    # ---- gestures

    def stroke(self) -> bool:
        """One brush stroke through the largest wrong part of the worst slice; False for none."""
        index = self.worst()
        mask, truth = self.mask[index], self.truth[index]
        missing, extra = truth & ~mask, mask & ~truth
        adds = missing.sum() >= extra.sum()
        parts, count = ndimage.label(missing if adds else extra)
        if not count:
            return False
        part = parts == 1 + int(np.bincount(parts.ravel())[1:].argmax())
        spacing = self.on.volume.geometry.spacing_mm
        deep = ndimage.distance_transform_edt(np.pad(part, 1), sampling=spacing[1:])[1:-1, 1:-1]
        path = middle_line(part, deep)
        size = max(2.0 * float(np.median([deep[place] for place in path])), min(spacing[1:]))
        brush = Brush(BrushOptions(round(size, 2)))
        pointers = [
            Pointer((float(index), float(row), float(column)), 0, not adds) for row, column in path
        ]
        brush.press(self.on, pointers[0])
        for pointer in pointers[1:]:
            brush.move(self.on, pointer)
        before = self.on.editor.history.applied
        brush.release(self.on, pointers[-1])
        done = self.on.editor.history.applied > before
        voxels = self.on.editor.history.edits[-1].changed_voxels() if done else 0
        self.effort.add("stroke", voxels)
        return done

    def redraw(self, index: int) -> None:
        """One or more lasso lines that make a slice what it should be, wrong parts cut first."""
        for wanted, cuts in ((self.mask[index] & ~self.truth[index], True),
                             (self.truth[index] & ~self.mask[index], False)):  # fmt: skip
            if not wanted.any():
                continue
            target = ~self.truth[index] if cuts else self.truth[index]
            region = ndimage.binary_dilation(wanted, iterations=1) & target
            parts, count = ndimage.label(region)
            sizes = np.bincount(parts.ravel(), weights=wanted.ravel())[1:]
            for number in np.argsort(-sizes)[: min(count, 6)]:
                if sizes[number] >= 8:
                    self._lasso(parts == number + 1, index, cuts=cuts)

    def _lasso(self, part: Mask, index: int, *, cuts: bool) -> None:
        from skimage.measure import find_contours

        lines = find_contours(np.pad(part, 1).astype(float), 0.5)
        line = max(lines, key=len) - 1.0
        lasso = Lasso()
        pointers = [Pointer((float(index), float(r), float(c)), 0, cuts) for r, c in line]
        lasso.press(self.on, pointers[0])
        for pointer in pointers[1:]:
            lasso.move(self.on, pointer)
        lasso.release(self.on, pointers[-1])
        proposal = lasso.keep(self.on)
        if proposal is not None:
            keep(self.on.editor, proposal, MANUAL, index, self.on.label_id)
        self.effort.add("line", len(line))

    def attempt(self, operation: Operation) -> bool:
        """Carry an operation out if it brings the label nearer to the truth, else undo it."""
        before = self.dice()
        editor = self.on.editor
        done = tuple(editor.history.edits)[: editor.history.applied]
        scene = Scene(editor.labelmap, self.on.volume, self.on.label_id, 0, 0, done)
        try:
            proposal = operation.propose(scene, Progress())
        except MedviewError:
            return False
        if proposal is None:
            return False
        keep(editor, proposal, MANUAL, 0)
        self.effort.add(operation.name, 0)  # a look that did not help is a gesture too
        if self.dice() > before + 1e-4:
            return True
        editor.undo()
        return False


def middle_line(part: Mask, deep: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The ridge of a part from end to end along its longer side, one place per step."""
    rows, columns = np.nonzero(part)
    down = np.ptp(rows) >= np.ptp(columns)
    along = rows if down else columns
    path = []
    for step in range(int(along.min()), int(along.max()) + 1):
        line = deep[step] if down else deep[:, step]
        place = int(line.argmax())
        if line[place] > 0:
            path.append((step, place) if down else (place, step))
    return path


def brush_only(reader: Reader) -> None:
    while not reader.is_done() and reader.stroke():
        pass


def all_tools(reader: Reader) -> None:
    for operation in (Islands(), Margin(MarginOptions(4.0)), Margin(MarginOptions(2.0)), Smooth(),
                      FillHoles()):  # fmt: skip
        if not reader.is_done():
            reader.attempt(operation)
    shown = np.flatnonzero(reader.truth.any(axis=(1, 2)))
    for step in (4, 2, 1):
        if reader.is_done():
            return
        for index in sorted({*shown[::step].tolist(), int(shown[-1])}):
            wrong = int((reader.mask[index] != reader.truth[index]).sum())
            if not reader.is_done() and wrong > 0.05 * int(reader.truth[index].sum()):
                reader.redraw(index)
        for index in np.flatnonzero(reader.mask.any(axis=(1, 2)) & ~reader.truth.any(axis=(1, 2))):
            reader.redraw(int(index))
        if step > 1 and not reader.is_done():
            reader.attempt(FillBetween(FillBetweenOptions("slices-edited-by-hand")))
    brush_only(reader)


def degraded(truth: NDArray[np.integer], spacing: tuple[float, float, float]) -> NDArray[np.uint8]:
    """The labels as a poor model might give them."""
    result = np.zeros(truth.shape, np.uint8)
    rng = np.random.default_rng(8)
    for label_id in (1, 2):
        mask = truth == label_id
        inside = ndimage.distance_transform_edt(mask, sampling=spacing)
        mask = inside > 4.0  # too small
        box = Box.around(mask)
        middle = [(low + high) // 2 for low, high in zip(box.low, box.high, strict=True)]
        grids = np.indices(mask.shape)
        for sign, radius in ((-1, 30.0), (1, 20.0)):  # a part missing, a leak outward
            place = [m + int(rng.integers(-3, 4)) for m in middle]
            place[1] += sign * (box.high[1] - box.low[1]) // 3
            steps = zip(grids, place, spacing, strict=True)
            lump = sum(((g - p) * s) ** 2 for g, p, s in steps) <= radius**2
            mask = mask & ~lump if sign < 0 else mask | lump
        result[mask & ((truth == label_id) | (truth == 0))] = label_id
    columns = truth.shape[2]
    lower = result[: truth.shape[0] // 4]
    swapped = lower[:, :, : columns // 2]
    swapped[swapped > 0] = 3 - swapped[swapped > 0]  # at one end the sides are confused
    return result


def measure() -> list[Figure]:
    figures = []
    for case in CASES:
        folder = PROJECT.parent / "shared/data/chest_ct/volumes" / case
        if not folder.is_dir():
            raise SystemExit(f"{folder} is absent")
        volume, truth = read_case(folder)
        poor = degraded(truth.voxels, volume.geometry.spacing_mm)
        efforts = {
            name: correct(volume, truth, poor, policy)
            for name, policy in (("brush only", brush_only), ("all tools", all_tools))
        }
        for what in ("gestures", "voxels"):
            ours, brush = (
                float(getattr(efforts[name][0], what)) for name in ("all tools", "brush only")
            )
            figures.append(Figure(f"{case}, {what} drawn", ours, "", "brush only", brush))
        for name, (effort, dices) in efforts.items():
            words = ", ".join(f"{count} {kind}" for kind, count in effort.by_kind.items())
            figures.append(Figure(f"{case}, Dice reached, {name} ({words})", min(dices), ""))
    return figures


def read_case(folder: Path) -> tuple[Volume, LabelMap]:
    volume = nifti.read_volume(folder / "image.nii.gz")
    return volume, nifti.read_labels(folder / "labels.nii.gz")


def correct(
    volume: Volume,
    truth: LabelMap,
    poor: NDArray[np.uint8],
    policy: Callable[[Reader], None],
) -> tuple[Effort, list[float]]:
    """Both lungs of a case; the effort and the Dice of each."""
    effort, dices = Effort(), []
    editor = MaskEditor(LabelMap(volume.geometry, truth.table, poor.copy()), History())
    for label_id in (1, 2):
        one = Effort()
        reader = Reader(ToolContext(editor, volume, label_id), truth.voxels == label_id, one)
        policy(reader)
        dices.append(reader.dice())
        effort.gestures += one.gestures
        effort.voxels += one.voxels
        for kind, count in one.by_kind.items():
            effort.by_kind[kind] = effort.by_kind.get(kind, 0) + count
    return effort, dices


if __name__ == "__main__":
    main(__doc__ or "", measure)
