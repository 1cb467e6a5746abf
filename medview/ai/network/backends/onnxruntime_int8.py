"""ONNX Runtime with 8-bit convolutions, calibrated on the generated phantom."""

from __future__ import annotations

from medview.ai.network.backend import Backend, Run, Task


def build(task: Task) -> Run:
    from medview.ai.network.backends._onnxruntime import onnxruntime_run
    from medview.ai.network.onnx_graph import onnx_graph
    from medview.ai.network.quantise import quantised

    return onnxruntime_run(quantised(onnx_graph(task.network), task.card.input), task.threads)


BACKEND = Backend(
    "onnxruntime-int8",
    "ONNX Runtime, 8 bit",
    build,
    packages=("onnxruntime", "onnx"),
    automatic=False,  # the airway of a real case was under the parity gate: 0.991 to 0.994
)
