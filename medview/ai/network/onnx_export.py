"""A model as an ONNX file for other programs, compared with the network before it is done."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from medview.ai.network.backend import backend_named
from medview.ai.network.onnx_graph import INPUT, onnx_graph
from medview.ai.network.predictor import load_network
from medview.ai.network.quantise import phantom_inputs
from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError

LARGEST_DIFFERENCE = 1e-3


def export_onnx(folder: Path, path: Path) -> float:
    """Write a model folder's network; the largest difference of logits from PyTorch's.

    Compared through ONNX Runtime on slices of a generated thorax in two sizes. The card's facts
    stand in the file's metadata. MedviewError "no-onnx" without the libraries, "verify-failed"
    when the difference is over 1e-3; no file appears then.
    """
    missing = backend_named("onnxruntime").missing()
    if missing:
        raise MedviewError(missing, hint="Install it, or export a zip.", code="no-onnx")
    import onnx

    card, network = load_network(folder)
    model = onnx.load_from_string(onnx_graph(network))
    facts = {
        "model": card.id,
        "sha256": card.sha256,
        "input": json.dumps(card.input.to_json()),
        "labels": json.dumps({"0": "background", **{str(one.id): one.name for one in card.labels}}),
        "license": card.license,
        "intended_use": card.intended_use,
    }
    onnx.helper.set_model_props(model, facts)
    onnx.checker.check_model(model)
    with atomic_path(path) as temporary:
        temporary.write_bytes(model.SerializeToString())
        difference = _difference(temporary, network, phantom_inputs(card.input, every=8))
        if not difference <= LARGEST_DIFFERENCE:
            raise MedviewError(
                f"{path} would differ from the model by {difference:.2g}.", code="verify-failed"
            )
    return difference


def _difference(path: Path, network: torch.nn.Module, inputs: np.ndarray) -> float:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    largest = 0.0
    for given in (inputs, np.ascontiguousarray(inputs[:1, :, 16:-16, 32:])):
        with torch.inference_mode():
            wanted = network(torch.from_numpy(given)).numpy()
        found = session.run(None, {INPUT: given})[0]
        largest = max(largest, float(np.abs(found - wanted).max()))
    return largest
