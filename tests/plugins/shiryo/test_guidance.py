"""What a clerk is told of a work item: what is the matter, and what to do, in whole and polite sentences."""

import pytest

from plugins.shiryo.reading.findings import MESSAGES
from plugins.shiryo.reading.rules import RULES
from plugins.shiryo.service.guidance import GUIDES, guide_of

CODES = sorted({*GUIDES, *RULES, *MESSAGES})


@pytest.mark.parametrize("code", CODES)
def test_every_code_says_politely_what_to_do_next(code: str) -> None:
    sentences = guide_of(code).next_step.split("。")
    assert sentences[-1] == ""
    assert all(each.endswith(("ください", "ます", "ません")) for each in sentences[:-1])
    assert any(each.endswith("ください") for each in sentences)


@pytest.mark.parametrize("code", CODES)
def test_every_code_says_what_is_the_matter(code: str) -> None:
    assert guide_of(code).meaning.endswith("。")
