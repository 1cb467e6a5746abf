"""A verdict on heat maps needs enough slices, and the default follows the best of them."""

from small_models import phantom_volume, write_model

from medview.core.job import Progress
from medview.session.heatmap_check import FEWEST_SLICES, check_heatmaps, verdict


def row(heatmap, mask=0.2, *, passes=False):
    return {"heatmap": heatmap, "mask": mask, "passes": passes}


def test_the_best_is_what_passes_most_then_what_beats_the_mask_most():
    table = {
        "seg_grad_cam": {"default": {"a": row(0.9), "b": row(0.9)}},
        "hires_cam": {"default": {"a": row(0.5, passes=True), "b": row(0.3)}},
        "occlusion": {"": {"a": row(2.0, passes=True), "b": row(2.0, passes=True)}},
    }
    best = verdict(table, ["case"])["best"]
    assert best == {"method": "hires_cam", "layer": "default"}, "occlusion needs another package"


def test_few_slices_are_figures_without_a_verdict(tmp_path):
    model = write_model(tmp_path, seed=5)
    table = check_heatmaps(
        model, [phantom_volume()], Progress(), ["hires_cam"], ["bottleneck"], slices=3
    )
    rows = table["hires_cam"]["bottleneck"].values()
    assert rows
    for one in rows:
        assert one["slices"] < FEWEST_SLICES
        assert one["passes"] is False
        assert {"heatmap", "mask", "random", "context", "randomised", "worst_slice"} <= set(one)
