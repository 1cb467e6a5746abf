"""Anatomical terms are found by what people type, with the code that DICOM gives them."""

import pytest

from medview.core.anatomy import search, terms


def test_every_term_has_a_code_and_a_category_of_its_own():
    known = terms()
    assert len(known) > 500
    assert len({(term.code.scheme, term.code.value) for term in known}) == len(known)
    assert all(term.code.meaning and term.category.value for term in known)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("lung", "39607008"), ("liver", "10200004"), ("lobe lung upper", "45653009")],
)
def test_the_first_answer_is_what_was_meant(typed, value):
    assert search(typed)[0].code.value == value


def test_words_come_in_any_order_and_case():
    assert [t.code for t in search("LUNG of lobe")] == [t.code for t in search("lobe of lung")]
    assert search("no such thing in a body") == []
