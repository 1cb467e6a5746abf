"""A version between two: a weighted average of an old model's weights and a new one's."""

from __future__ import annotations

import shutil
from dataclasses import replace

from medview.ai.catalog import Catalog, ModelFolder
from medview.core.errors import MedviewError
from medview.session.torch_room import predictor_module


def blend_versions(
    catalog: Catalog, old: ModelFolder, new: ModelFolder, share: float = 0.5
) -> ModelFolder:
    """Make the next version of ``new``'s model with ``share`` (0..1) of its weights.

    Classes that only ``new`` knows are added to the old head first. Raises MedviewError
    "cannot-blend" for models of another kind, and "no-torch".
    """
    if not 0.0 < share < 1.0:
        raise MedviewError("The share must lie between 0 and 1.", code="cannot-blend")
    room = predictor_module()
    from medview.ai.training.blend import blend
    from medview.ai.training.grow import grow_head
    from medview.ai.training.make_model import save_weights

    first, first_network = room.load_network(old.folder)
    card, second_network = room.load_network(new.folder)
    names = [label.name.lower() for label in first.labels]
    same = (
        first.architecture == card.architecture
        and first.arguments | {"classes": 0} == card.arguments | {"classes": 0}
        and names == [label.name.lower() for label in card.labels][: len(names)]
    )
    if not same:
        raise MedviewError(
            f"{first.id} and {card.id} are not versions of one network, so nothing lies between.",
            hint="Choose a version and one that was made from it.",
            code="cannot-blend",
        )
    mixed = blend(grow_head(first_network, card.classes), second_network, share)
    version = catalog.next_version(card.name)
    made = replace(
        card,
        version=version,
        parent=first.id,
        created="",
        heatmap={},
        description=f"{share:.0%} of {card.id} and {1 - share:.0%} of {first.id}.",
        training={**card.training, "blend": {"of": [first.id, card.id], "share": share}},
    )
    building = catalog.own / ".building" / card.name / version
    shutil.rmtree(building, ignore_errors=True)  # of a run that was killed
    made = save_weights(mixed, building, made)
    folder = catalog.own / card.name / version
    folder.parent.mkdir(parents=True, exist_ok=True)
    building.rename(folder)
    return ModelFolder(folder, made, False)
