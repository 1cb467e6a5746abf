"""The accepted slices of a workspace as labelled cases, all with one label table."""

from __future__ import annotations

from dataclasses import dataclass

from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Volume
from medview.session.attaching import merged_by_name
from medview.session.exporting import accepted_cases, renumbered
from medview.store.workspace import Workspace


@dataclass(frozen=True, eq=False)
class TrainingCase:
    """Neighbouring accepted slices of one case. ``name`` says nothing about the patient.

    ``ignore_labels`` are ids of the common table that were not labelled here.
    """

    name: str
    patient: str
    split: str
    volume: Volume
    labelmap: LabelMap
    ignore_labels: tuple[int, ...] = ()


def training_cases(workspace: Workspace) -> list[TrainingCase]:
    """Every run of accepted slices, all with one label table."""
    found = accepted_cases(workspace)
    table = LabelTable()
    for _, _, labelmap in found:
        table, _ = merged_by_name(table, labelmap.table)
    cases = []
    for number, (patient, volume, labelmap) in enumerate(found):
        _, ids = merged_by_name(table, labelmap.table)
        voxels = renumbered(labelmap.voxels, ids)
        unnamed = tuple(label.id for label in table if label.id not in ids.values())
        cases.append(
            TrainingCase(
                f"case-{number:04d}",
                patient,
                workspace.split_of(patient) or "train",
                volume,
                LabelMap(volume.geometry, table, voxels),
                unnamed,
            )
        )
    return cases
