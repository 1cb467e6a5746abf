"""What the ONNX Runtime backends share."""

from __future__ import annotations

from medview.ai.network.backend import Floats, Run
from medview.ai.network.onnx_graph import INPUT


def onnxruntime_run(graph: bytes, threads: int) -> Run:
    """A function over numpy arrays. Its threads do not spin, as they share the machine."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def run(inputs: Floats) -> Floats:
        logits: Floats = session.run(None, {INPUT: inputs})[0]
        return logits

    return run
