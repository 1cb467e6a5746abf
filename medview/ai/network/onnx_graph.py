"""The network as an ONNX graph, for the backends and for export."""

from __future__ import annotations

import copy
import tempfile
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from medview.ai.network.unet import UNet

INPUT, OUTPUT = "slices", "logits"
AVERAGE = "group_average"  # part of the names of nodes that are never quantised
_OPSET = 18


class _ChannelGroupNorm(nn.Module):
    """GroupNorm without reshaping: sums per channel, averaged over a group by a 1 x 1 convolution.

    The same numbers in another order of operations. A reshape of (channels) to (groups, channels)
    makes OpenVINO bring every map to another memory layout and back: a fifth of its time.
    """

    def __init__(self, norm: nn.GroupNorm) -> None:
        super().__init__()
        channels, size = norm.num_channels, norm.num_channels // norm.num_groups
        average = torch.block_diag(*[torch.full((size, size), 1.0 / size)] * norm.num_groups)
        self.group_average = nn.Conv2d(channels, channels, 1, bias=False)
        self.group_average.weight = nn.Parameter(average[:, :, None, None])
        self.weight = nn.Parameter(norm.weight.detach()[None, :, None, None])
        self.bias = nn.Parameter(norm.bias.detach()[None, :, None, None])
        self.eps = norm.eps

    def forward(self, x: Tensor) -> Tensor:
        pixels = x.shape[2] * x.shape[3]
        mean = self.group_average(x.mean((2, 3), keepdim=True))
        length = torch.linalg.vector_norm(x, dim=(2, 3), keepdim=True)
        variance = self.group_average(length * length / pixels) - mean * mean
        return (x - mean) * (self.weight / torch.sqrt(variance + self.eps)) + self.bias


def onnx_graph(network: UNet, *, by_channel: bool = False) -> bytes:
    """A serialised ONNX model: input "slices" (n, channels, h, w), output "logits", float32.

    n, h and w are free (h and w multiples of 16). ``by_channel`` writes the normalisation as
    `_ChannelGroupNorm`. The network is not changed.
    """
    copied = copy.deepcopy(network).cpu().float().eval()
    if by_channel:
        for module in list(copied.modules()):
            for name, child in list(module.named_children()):
                if isinstance(child, nn.GroupNorm):
                    setattr(module, name, _ChannelGroupNorm(child))
    channels = next(copied.parameters()).shape[1]
    free = {0: "n", 2: "h", 3: "w"}
    with tempfile.TemporaryDirectory(prefix="medview-onnx-") as folder, warnings.catch_warnings():
        file = Path(folder) / "model.onnx"
        warnings.simplefilter("ignore")  # the tracer speaks of constants that are meant
        torch.onnx.export(
            copied,
            (torch.zeros(1, channels, 64, 64),),
            file,
            dynamo=False,  # the other exporter needs onnxscript
            opset_version=_OPSET,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: free, OUTPUT: free},
        )
        return file.read_bytes()
