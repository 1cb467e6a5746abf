"""A case when it is opened: its first labels, and its saved work coming back."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

from medview.core.errors import MedviewError
from medview.core.label_json import table_from_json
from medview.core.labels import Label, LabelTable, default_color
from medview.core.volume import Volume
from medview.edit.mask_editor import MaskEditor, with_look_of
from medview.session import records
from medview.session.models import Models
from medview.store.records import CaseRecord
from medview.store.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RestoreNote:
    """What came back with a case: ``text`` for the user, "" when it is new."""

    text: str = ""
    edits: int = 0


def own_variant(workspace: Workspace, volume: Volume) -> Volume:
    """The volume, known by a key of its own where the workspace has another shape under its key.

    A folder that was still being copied when it was opened has fewer slices: its edits must not be
    laid on another grid, nor may new ones take their place.
    """
    record = workspace.case(volume.case_key)
    if record is None or record.shape == volume.geometry.shape or volume.source is None:
        return volume
    size = "x".join(map(str, volume.geometry.shape))
    return replace(volume, source=replace(volume.source, variant=size))


def first_table(models: Models, volume: Volume, schema: list[Any]) -> LabelTable:
    """The person's schema for new cases (JSON rows), else the active model's labels for its
    modality, else one label to begin with."""
    try:
        own = table_from_json(schema)
        if len(own):
            return own
    except ValueError:
        logger.warning("the label schema of the settings cannot be read")
    try:
        card = models.active_folder().card
    except MedviewError:
        card = None
    if card is not None and volume.modality in ("", card.input.modality):
        return card.labels
    return LabelTable((Label(1, "label 1", default_color(1)),))


def table_of(record: CaseRecord) -> LabelTable:
    """The labels as they looked when the case was left."""
    return records.table_of(record.label_table_json)


def restore(workspace: Workspace, editor: MaskEditor, case_key: str) -> RestoreNote:
    """Replay the saved edits into a fresh label map. MedviewError "case-damaged"."""
    dtype = editor.labelmap.voxels.dtype.str
    kept_look = editor.labelmap.table
    done = workspace.cursor(case_key)
    try:
        edits = [records.edit_of(record, dtype) for record in workspace.edits(case_key)]
        editor.replay(edits, done)
    except (ValueError, KeyError) as error:
        logger.warning("a case could not be restored: %s", type(error).__name__)
        raise MedviewError(
            "The saved edits of this case cannot be read.",
            hint="The workspace keeps them; report this.",
            code="case-damaged",
        ) from error
    # the last edit's table is older than the colours and locks that were set since
    editor.labelmap.table = with_look_of(editor.labelmap.table, kept_look)
    if not edits:
        return RestoreNote()
    count = "1 edit" if done == 1 else f"{done} edits"
    return RestoreNote(f"Your work on this case is back: {count}.", done)
