"""A teacher on corrected slices is heard where it agrees or where nobody said anything."""

import torch

from medview.ai.training.samples import UNSURE
from medview.ai.training.teacher import distillation_loss

SURE = 9.0


def probabilities(*told):
    """(1, 3, 1, n) of a teacher that is sure."""
    one_hot = torch.nn.functional.one_hot(torch.tensor([list(told)]), 3).float()
    return torch.softmax(SURE * one_hot.permute(0, 2, 1)[:, :, None], dim=1)


def gradient(labels, merged=(), *, is_corrected=True, told=(0, 1, 2, 2)):
    """How much each of four pixels is pulled to the teacher by a student that knows nothing."""
    logits = torch.zeros(1, 3, 1, 4, requires_grad=True)
    flags = torch.zeros(1, 3, dtype=torch.bool)
    flags[0, list(merged)] = True
    planes = torch.tensor([[labels]])
    distillation_loss(logits, probabilities(*told), planes, flags, is_corrected).backward()
    return (logits.grad.abs().sum(dim=1) > 0).flatten().tolist()


def test_on_phantoms_it_is_heard_everywhere():
    assert gradient([1, 0, 0, 0], is_corrected=False) == [True] * 4


def test_a_correction_silences_it_where_it_disagrees():
    assert gradient([0, 1, 1, 0]) == [True, True, False, False]


def test_it_speaks_of_classes_that_were_not_looked_for():
    assert gradient([0, 1, 0, 1], merged=[2]) == [True, True, True, False]
    assert gradient([UNSURE, 0, UNSURE, 0]) == [True, False, True, False]


def test_who_agrees_with_it_has_no_loss():
    wanted = probabilities(0, 1, 2, 2)
    labels, merged = torch.tensor([[[0, 1, 2, 2]]]), torch.zeros(1, 3, dtype=torch.bool)
    loss = distillation_loss(wanted.log(), wanted, labels, merged, True)
    assert abs(float(loss)) < 1e-6
