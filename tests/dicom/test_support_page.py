"""docs/dicom-support.md says what the tables say."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "docs" / "dicom_support.py"


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("dicom_support", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text(encoding="utf-8")
    fixed = page[: page.index(script.REAL)].rstrip()
    assert fixed == script.fixed_part().rstrip(), "run python docs/dicom_support.py"
