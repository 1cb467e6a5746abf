"""A tiny model with random weights, for tests that need some model and no good one."""

from pathlib import Path

from medview.ai.card import ModelCard
from medview.ai.preprocess import InputSpec
from medview.core.phantom import phantom_table


def write_tiny_model(
    models: Path, version: str = "1.0.0", *, name: str = "tiny", seed: int = 0, parent: str = ""
) -> Path:
    """Write ``models/name/version`` (base 4, the phantom's labels); returns that folder."""
    from medview.ai.training.make_model import new_network, save_weights, write_metrics

    table = phantom_table()
    arguments = {"in_channels": InputSpec.CHANNELS, "classes": len(table) + 1, "base": 4}
    card = ModelCard(
        name=name,
        version=version,
        architecture="unet-2.5d",
        arguments=arguments,
        input=InputSpec(spacing_mm=6.0),
        labels=table,
        description="random weights",
        parent=parent,
    )
    folder = models / name / version
    save_weights(new_network(card.architecture, arguments, seed), folder, card)
    write_metrics(folder, {"cases": {}})
    return folder
