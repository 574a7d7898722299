"""Scalars accept one spelling and nothing near it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from core.errors import Invalid
from core.graphql import scalars
from core.graphql.schema import HouseSchema


@pytest.mark.parametrize(
    ("read", "given", "value"),
    [
        (scalars.read_yen, 0, 0),
        (scalars.read_yen, 2_200_000_000, 2_200_000_000),
        (scalars.read_yen, -(2**63), -(2**63)),
        (scalars.read_yen, "9223372036854775807", 2**63 - 1),
        (scalars.read_yen, "-1", -1),
        (scalars.read_fiscal_year, 2026, 2026),
        (scalars.read_date, "2024-02-29", date(2024, 2, 29)),
        (scalars.read_moment, "2026-06-10T09:00:00+09:00", datetime(2026, 6, 10, tzinfo=UTC)),
        (scalars.read_moment, "2026-06-10T00:00:00.5Z", datetime(2026, 6, 10, 0, 0, 0, 500_000, UTC)),
    ],
)
def test_reading(read: Callable[[object], object], given: object, value: object) -> None:
    assert read(given) == value


@pytest.mark.parametrize(
    "given",
    [
        *(
            1.0,
            1e3,
            True,
            None,
            [],
            {},
            2**63,
            -(2**63) - 1,
            "",
            " 1",
            "1\n",
            "+1",
            "01",
            "-0",
            "1_000",
            "1e3",
        ),
        *("１２３", "٣", "²", "1,000", "1.0", "NaN", "Infinity", "0x1", "9" * 5_000, "9223372036854775808"),
    ],
)
def test_yen_refuses(given: object) -> None:
    with pytest.raises(Invalid):
        scalars.read_yen(given)


@pytest.mark.parametrize("given", [1989, 2101, "2026", 2026.0, True, None, "令和8", -2026])
def test_fiscal_years_refuse(given: object) -> None:
    with pytest.raises(Invalid):
        scalars.read_fiscal_year(given)


@pytest.mark.parametrize(
    "given",
    [
        20260610,
        None,
        "",
        "20260610",
        "2026-6-1",
        "2026-02-30",
        "2026-06-10T00:00:00",
        "２０２６-06-10",
        "2026-W01-1",
    ],
)
def test_dates_refuse(given: object) -> None:
    with pytest.raises(Invalid):
        scalars.read_date(given)


@pytest.mark.parametrize(
    "given",
    [
        *(0, None, "", "2026-06-10", "2026-06-10T09:00:00", "2026-06-10 09:00:00Z", "2026-13-10T09:00:00Z"),
        *("2026-06-10T25:00:00Z", "2026-06-10T09:00:00+99:00"),
        *("0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00"),
    ],
)
def test_moments_refuse(given: object) -> None:
    with pytest.raises(Invalid):
        scalars.read_moment(given)


@pytest.mark.parametrize("value", [1.0, True, None, "1", 2**63])
def test_a_yen_field_holds_integers_only(value: object) -> None:
    with pytest.raises(TypeError):
        scalars.write_yen(value)


@pytest.mark.parametrize("value", [True, 1989, "2026"])
def test_a_year_field_holds_years_only(value: object) -> None:
    with pytest.raises(TypeError):
        scalars.write_fiscal_year(value)


def test_a_moment_field_needs_an_offset() -> None:
    assert scalars.write_moment(datetime(2026, 6, 10, tzinfo=UTC)) == "2026-06-10T00:00:00+00:00"
    with pytest.raises(TypeError):
        scalars.write_moment(datetime(2026, 6, 10))  # noqa: DTZ001 - the naive one is the case


def test_descriptions_name_the_permission(sample_schema: HouseSchema) -> None:
    sdl = sample_schema.as_str()

    assert "Requires `sample.person:read`." in sdl
    assert "Masked for `sample.number:mask`." in sdl
    assert "open:read" not in sdl
