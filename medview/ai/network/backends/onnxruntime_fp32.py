"""ONNX Runtime in float32."""

from __future__ import annotations

from medview.ai.network.backend import Backend, Run, Task


def build(task: Task) -> Run:
    from medview.ai.network.backends._onnxruntime import onnxruntime_run
    from medview.ai.network.onnx_graph import onnx_graph

    return onnxruntime_run(onnx_graph(task.network), task.threads)


BACKEND = Backend("onnxruntime", "ONNX Runtime", build, packages=("onnxruntime", "onnx"))
