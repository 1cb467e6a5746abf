"""What the OpenVINO backends share."""

from __future__ import annotations

import sys

from medview.ai.network.backend import Floats, Run


def openvino_run(graph: bytes, threads: int, precision: str) -> Run:
    """A function over numpy arrays; ``precision`` is OpenVINO's hint ("f32", "bf16")."""
    # its telemetry would report each start to its maker over the network; without it, a stub serves
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(
        core.read_model(graph),
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",
        },
    )
    request = compiled.create_infer_request()

    def run(inputs: Floats) -> Floats:
        logits: Floats = request.infer({0: inputs}, share_inputs=True)[0]
        return logits

    return run
