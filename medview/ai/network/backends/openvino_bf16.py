"""OpenVINO in bfloat16, where the processor has it."""

from __future__ import annotations

from medview.ai.network.backend import Backend, Run, Task


def build(task: Task) -> Run:
    from medview.ai.network.backends._openvino import openvino_run
    from medview.ai.network.onnx_graph import onnx_graph

    return openvino_run(onnx_graph(task.network, by_channel=True), task.threads, "bf16")


BACKEND = Backend("openvino-bf16", "OpenVINO, bfloat16", build, packages=("openvino", "onnx"))
