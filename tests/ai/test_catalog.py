"""The catalog finds versions in order, and never deletes what ships."""

from dataclasses import replace

import pytest
from small_models import random_card

from medview.ai.catalog import Catalog
from medview.ai.training.make_model import write_card, write_metrics
from medview.core.errors import MedviewError


@pytest.fixture
def catalog(tmp_path):
    return Catalog(tmp_path / "own", tmp_path / "shipped")


def add(root, version, name="ct-lung"):
    folder = root / name / version
    folder.mkdir(parents=True)
    write_card(folder, replace(random_card(), name=name, version=version))
    return folder


def test_versions_are_numbers_not_words(catalog):
    for version in ("1.10.0", "1.9.0", "2.0.0", "1.0.0"):
        add(catalog.own, version)
    assert [m.card.version for m in catalog.versions()] == ["1.0.0", "1.9.0", "1.10.0", "2.0.0"]
    assert catalog.next_version("ct-lung") == "2.1.0"


def test_the_default_is_the_newest_shipped_version(catalog):
    add(catalog.shipped, "1.0.0")
    add(catalog.shipped, "1.1.0")
    add(catalog.own, "1.2.0")
    assert catalog.find("ct-lung").card.version == "1.1.0"
    assert catalog.find("ct-lung", "1.2.0").card.version == "1.2.0"
    assert not catalog.find("ct-lung", "1.2.0").shipped


def test_a_model_of_ones_own_needs_no_shipped_one(catalog):
    add(catalog.own, "1.0.0", "liver")
    assert catalog.find("liver").card.name == "liver"
    assert [m.card.name for m in catalog.versions("ct-lung")] == []


def test_what_is_not_there_is_named_with_what_is(catalog):
    add(catalog.shipped, "1.0.0")
    for version in (None, "7.0.0"):
        with pytest.raises(MedviewError) as trouble:
            catalog.find("spleen" if version is None else "ct-lung", version)
        assert trouble.value.code == "no-such-model"
        assert "ct-lung@1.0.0" in trouble.value.hint


def test_a_broken_folder_is_left_out(catalog):
    add(catalog.own, "1.0.0")
    broken = add(catalog.own, "1.1.0")
    (broken / "card.json").write_text("{", encoding="utf-8")
    assert [m.card.version for m in catalog.versions()] == ["1.0.0"]


def test_an_empty_catalog_counts_from_one(catalog):
    assert catalog.versions() == []
    assert catalog.next_version("new") == "1.1.0"


def test_shipped_models_stay(catalog):
    add(catalog.shipped, "1.0.0")
    own = add(catalog.own, "1.1.0")
    with pytest.raises(MedviewError) as trouble:
        catalog.remove("ct-lung", "1.0.0")
    assert trouble.value.code == "shipped-model"
    catalog.remove("ct-lung", "1.1.0")
    assert not own.exists()


def test_metrics_are_read_or_empty(catalog):
    folder = add(catalog.own, "1.0.0")
    model = catalog.find("ct-lung")
    assert model.metrics == {}
    write_metrics(folder, {"cases": {"a": 1}})
    assert model.metrics == {"cases": {"a": 1}}
    (folder / "metrics.json").write_text("[1]", encoding="utf-8")
    assert model.metrics == {}


def test_the_bundled_model_is_found(tmp_path):
    model = Catalog(tmp_path).find("ct-lung")
    assert model.shipped
    assert [label.name for label in model.card.labels][:2] == ["right lung", "left lung"]
