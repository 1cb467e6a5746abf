"""Eight-bit convolutions: ONNX Runtime's static quantisation, calibrated on the phantom."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from medview.ai.input_spec import InputSpec
from medview.ai.network.backend import Floats
from medview.ai.network.onnx_graph import AVERAGE, INPUT
from medview.ai.preprocess import PreparedVolume
from medview.core.phantom import thorax_phantom
from medview.core.volume import Volume

_SHAPE, _SPACING = (40, 256, 256), (7.0, 1.6, 1.6)
_EVERY = 3
_CALIBRATION_SEED, _TEST_SEED = 0, 1


def phantom_inputs(spec: InputSpec, *, seed: int = _TEST_SEED, every: int = _EVERY) -> Floats:
    """(n, channels, rows, columns): every third slice of a generated thorax."""
    made = thorax_phantom(_SHAPE, _SPACING, seed)
    prepared = PreparedVolume(Volume(made.voxels, made.geometry, "CT", "HU"), spec)
    return np.stack([prepared.network_input(i) for i in range(0, prepared.slice_count, every)])


def quantised(graph: bytes, spec: InputSpec) -> bytes:
    """The graph with 8-bit convolutions (weights per channel, inputs asymmetric, QDQ form).

    The averages of the normalisation stay float32, as they carry its precision.
    """
    import onnx
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Slices(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._slices: Iterator[Floats] = iter(phantom_inputs(spec, seed=_CALIBRATION_SEED))

        def get_next(self) -> dict[str, Any] | None:
            one = next(self._slices, None)
            return None if one is None else {INPUT: one[None]}

    nodes = onnx.load_from_string(graph).graph.node
    kept = [node.name for node in nodes if node.op_type == "Conv" and AVERAGE in node.name]
    logger = logging.getLogger()
    before = logger.level
    with tempfile.TemporaryDirectory(prefix="medview-int8-") as name:
        source, target = Path(name) / "float.onnx", Path(name) / "int8.onnx"
        source.write_bytes(graph)
        try:
            logger.setLevel(logging.ERROR)  # it advises a preparation that this graph needs not
            quantize_static(
                source,
                target,
                Slices(),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                op_types_to_quantize=["Conv"],
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=kept,
            )
        finally:
            logger.setLevel(before)
        return target.read_bytes()
