"""The generated pages are those that stand in docs/."""

import pytest

from plugins.shiryo.reading.pages import DOCS, pages


@pytest.mark.parametrize("name", pages())
def test_a_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name], (
        "python -m plugins.shiryo.reading.pages"
    )


def test_no_page_of_a_layout_is_left_over() -> None:
    found = {f"shiryo/layouts/{path.name}" for path in (DOCS / "shiryo" / "layouts").iterdir()}
    assert found == {name for name in pages() if name.startswith("shiryo/layouts/")}
