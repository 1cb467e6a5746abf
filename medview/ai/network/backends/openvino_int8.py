"""OpenVINO with 8-bit convolutions, calibrated on the generated phantom by ONNX Runtime."""

from __future__ import annotations

from medview.ai.network.backend import Backend, Run, Task


def build(task: Task) -> Run:
    from medview.ai.network.backends._openvino import openvino_run
    from medview.ai.network.onnx_graph import onnx_graph
    from medview.ai.network.quantise import quantised

    graph = quantised(onnx_graph(task.network, by_channel=True), task.card.input)
    return openvino_run(graph, task.threads, "f32")


BACKEND = Backend(
    "openvino-int8",
    "OpenVINO, 8 bit",
    build,
    packages=("openvino", "onnxruntime", "onnx"),
    automatic=False,  # the airway of a real case was under the parity gate: 0.991 to 0.994
)
