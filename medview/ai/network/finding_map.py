"""Grad-CAM of a finding's score: where on the slice the answer came from.

Selvaraju et al. 2017, "Grad-CAM": the gradients of the score on the bottleneck, averaged over the
plane, weigh its channels. What a score reads from the model's own outline (`medview.ai.anatomy`) is
not on the map. The other slices of the volume, which attention looks at, are fixed.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from medview.ai.explain import scale_to_one
from medview.ai.findings import Finding
from medview.ai.network.features import pooled
from medview.ai.network.unet import UNet


def finding_map(network: UNet, inputs: Tensor, finding: Finding) -> NDArray[np.float32]:
    """The map (rows, columns) 0..1 at the network's resolution for one input (1, 4, ...)."""
    with torch.no_grad():
        bottleneck = network.encode(inputs)[1]
    bottleneck = bottleneck.detach().requires_grad_(True)
    a = {name: torch.from_numpy(np.asarray(finding.arrays[name])) for name in ("mean", "weight")}
    deviation = torch.from_numpy(finding.arrays["deviation"])
    seen = pooled(bottleneck).cpu()[0]
    first = slice(len(seen))  # the outline's numbers, which come after, have no gradient
    score = ((seen - a["mean"][first]) / deviation[first]) @ a["weight"][first]
    (gradient,) = torch.autograd.grad(score, bottleneck)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    small = torch.relu((weights * bottleneck.detach()).sum(dim=1, keepdim=True))
    full = functional.interpolate(
        small, size=inputs.shape[2:], mode="bilinear", align_corners=False
    )
    return scale_to_one(full[0, 0].float().cpu().numpy())
