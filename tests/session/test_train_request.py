"""What `medview train` makes of its config."""

from dataclasses import replace
from pathlib import Path

from small_models import random_card

from medview.ai.input_spec import InputSpec
from medview.core.phantom import phantom_table
from medview.session.manifest import Manifest
from medview.session.train_request import TrainRequest, fit_options

MR = InputSpec(modality="MR", low=0.0, high=1000.0, scaled=True)


def strengths(tmp_path: Path, spec: InputSpec, **augment: float):
    manifest = Manifest(tmp_path / "manifest.json", phantom_table(), ())
    request = TrainRequest(manifest, tmp_path / "new", config={"augment": augment})
    return fit_options(request, replace(random_card(), input=spec), "cpu").augment


def test_a_model_of_mr_learns_other_contrasts_and_nothing_that_speaks_in_hounsfield_units(tmp_path):
    mr = strengths(tmp_path, MR)
    assert mr.contrast > 0.0
    assert mr.opacity == mr.gas == mr.synthetic == mr.table == mr.metal == 0.0
    ct = strengths(tmp_path, InputSpec())
    assert ct.contrast == 0.0
    assert ct.opacity > 0.0


def test_what_the_config_says_comes_first(tmp_path):
    mr = strengths(tmp_path, MR, contrast=0.1, gas=0.2)
    assert (mr.contrast, mr.gas) == (0.1, 0.2)
