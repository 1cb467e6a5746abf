"""A case when it is opened: its first labels, and its saved work coming back."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from medview.core.errors import MedviewError
from medview.core.labels import Label, LabelTable, default_color
from medview.core.volume import Volume
from medview.edit.mask_editor import MaskEditor
from medview.session.models import Models
from medview.session.records import edit_of
from medview.store.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RestoreNote:
    """What came back with a case: ``text`` for the user, "" when it is new."""

    text: str = ""
    edits: int = 0


