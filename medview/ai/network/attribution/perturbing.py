"""What the methods of captum share: the picture without content, and the score that is followed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from medview.ai.explain import scale_to_one
from medview.ai.network.attribution import Question

PICTURE = 3  # channels of slices; the last one is the position, which stays


def blurred(inputs: Tensor) -> Tensor:
    """The picture with nothing left in it but its slow changes; the position channel stays."""
    picture = functional.avg_pool2d(inputs[:, :PICTURE], 51, 1, 25, count_include_pad=False)
    return torch.cat([picture, inputs[:, PICTURE:]], dim=1)


def region_score(question: Question, expected: int) -> Callable[[Tensor], Tensor]:
    """(n, 4, rows, columns) to the mean logit of the class over the region, (n,).

    Reports progress toward ``expected`` calls, and stops with `Cancelled`.
    """
    done = 0

    def score(inputs: Tensor) -> Tensor:
        nonlocal done
        done += 1
        question.progress.report(min(done / expected, 1.0), "Heat map")
        logits = question.network(inputs)[:, question.class_index]
        return (logits * question.region.to(logits)).sum(dim=(1, 2)) / question.region.sum()

    return score


def positive_map(attributions: Tensor) -> NDArray[np.float32]:
    """(1, channels, rows, columns) to what spoke for the class, (rows, columns) 0..1."""
    picture = attributions[0, :PICTURE].detach().sum(dim=0)
    values: NDArray[np.float32] = torch.relu(picture).float().cpu().numpy()
    return scale_to_one(values)
