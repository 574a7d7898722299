"""The data of corrections, the period limits and the facts by path."""

from datetime import date

import pytest

from plugins.shikakeisan.correction.catalogue import filing_rules, kind_of, kinds, periods
from plugins.shikakeisan.correction.errors import FiledTooLate, KindUnknown, PeriodOver
from plugins.shikakeisan.correction.facts import differing, value_at
from plugins.shikakeisan.correction.filing import check_filing, held_back
from plugins.shikakeisan.correction.periods import Direction, check_period, last_day
from plugins.shikakeisan.facts.vocabulary import BY_PATH, STATED

DUE = date(2026, 6, 30)
RELATIVES = {"spouse", "dependants"}


def test_every_kind_names_limits_that_exist_and_cites_its_law() -> None:
    for kind in kinds().values():
        assert set(kind.periods) <= periods().keys()
        assert {"increase", "decrease"} <= set(kind.periods)
        assert "地方税法" in kind.law


def test_facts_of_the_data_are_facts_of_the_vocabulary() -> None:
    known = {*BY_PATH, *STATED, *RELATIVES, "*"}
    named = {fact for kind in kinds().values() for fact in kind.facts}
    named |= {fact for year in (2021, 2026) for rule in filing_rules(year) for fact in rule.facts}

    assert named <= known


def test_events_stand_beside_limits_that_begin_with_them() -> None:
    for kind in kinds().values():
        starts = {periods()[code].start for code in kind.periods if not periods()[code].on_claim}
        assert kind.event == "" or "event" in starts


@pytest.mark.parametrize(("code", "year"), [("unknown", 2026), ("amended_return", 2020)])
def test_an_unknown_kind_is_refused(code: str, year: int) -> None:
    with pytest.raises(KindUnknown):
        kind_of(code, year)


@pytest.mark.parametrize(
    ("start", "years", "months", "last"),
    [
        (date(2026, 6, 30), 3, 0, date(2029, 6, 30)),
        (date(2026, 6, 30), 5, 0, date(2031, 6, 30)),
        (date(2024, 7, 1), 3, 0, date(2027, 7, 1)),
        (date(2024, 2, 28), 3, 0, date(2027, 2, 28)),
        (date(2026, 12, 31), 2, 0, date(2028, 12, 31)),
        (date(2026, 8, 30), 0, 6, date(2027, 2, 28)),
        (date(2026, 9, 15), 0, 6, date(2027, 3, 15)),
    ],
)
def test_a_period_ends_before_the_day_that_corresponds(
    start: date, years: int, months: int, last: date
) -> None:
    assert last_day(start, years, months) == last


@pytest.mark.parametrize(
    ("kind", "direction", "event", "claimed", "last", "law"),
    [
        ("ex_officio", Direction.INCREASE, None, "", date(2029, 6, 30), "地方税法17条の5第3項"),
        ("ex_officio", Direction.DECREASE, None, "", date(2031, 6, 30), "地方税法17条の5第4項"),
        ("ex_officio", Direction.NONE, None, "", date(2031, 6, 30), "地方税法17条の5第4項"),
        ("ex_officio", Direction.INCREASE, None, "fraud", date(2033, 6, 30), "地方税法17条の5第7項"),
        ("rule_change", Direction.INCREASE, None, "fraud", date(2029, 6, 30), "地方税法17条の5第3項"),
        (
            "tax_office_decision",
            Direction.INCREASE,
            date(2029, 3, 1),
            "",
            date(2031, 3, 1),
            "地方税法17条の6第3項",
        ),
        (
            "amended_return",
            Direction.INCREASE,
            date(2026, 8, 1),
            "",
            date(2029, 6, 30),
            "地方税法17条の5第3項",
        ),
        ("ruling", Direction.INCREASE, date(2032, 1, 10), "", date(2032, 7, 10), "地方税法17条の6第1項1号"),
    ],
)
def test_a_limit_holds_up_to_its_last_day(
    kind: str, direction: Direction, event: date | None, claimed: str, last: date, law: str
) -> None:
    limit = check_period(kind_of(kind, 2026), direction, DUE, event, claimed, last)

    assert (limit.last_day, limit.period.law) == (last, law)
    with pytest.raises(PeriodOver) as refusal:
        check_period(
            kind_of(kind, 2026), direction, DUE, event, claimed, date.fromordinal(last.toordinal() + 1)
        )
    assert refusal.value.details["law"] == law


@pytest.mark.parametrize(
    ("year", "path", "rule"),
    [
        (2023, "listed_dividend", "listed_dividend"),
        (2023, "stock_levy_withheld", "listed_stock"),
        (2026, "listed_dividend", None),
        (2026, "carryover.futures", "futures_loss"),
        (2026, "carryover.futures_1", None),
        (2026, "residence_loss", "residence_loss"),
        (2026, "land_long_residence.revenue", "residence_gain"),
        (2026, "medical_paid", None),
    ],
)
def test_what_was_filed_after_the_notice_is_refused_by_the_rule_of_the_year(
    year: int, path: str, rule: str | None
) -> None:
    check_filing(year, [path], date(year, 6, 10), date(year, 6, 10))

    if rule is None:
        check_filing(year, [path], date(year, 6, 11), date(year, 6, 10))
        return
    with pytest.raises(FiledTooLate) as refusal:
        check_filing(year, [path], date(year, 6, 11), date(year, 6, 10))
    assert refusal.value.details["rule"] == rule


def test_a_late_filing_keeps_what_stood_before() -> None:
    before = {"salary": 1, "carryover": {"futures": 5}}
    after = {"salary": 2, "carryover": {"futures": 9}, "residence_loss": 7}

    found = [(one["path"], one["value"]) for one in held_back(2026, before, after)]

    assert found == [("carryover.futures", 5), ("residence_loss", None)]


@pytest.mark.parametrize(
    ("path", "value"), [("a", {"b": [1, 2]}), ("a.b.1", 2), ("a.b.2", None), ("a.c", None), ("x.y", None)]
)
def test_facts_are_read_by_path(path: str, value: object) -> None:
    assert value_at({"a": {"b": [1, 2]}}, path) == value


def test_only_differing_paths_are_named() -> None:
    assert differing({"a": 1, "b": 2}, {"a": 1, "b": 3}, ["a", "b", "c"]) == ["b"]
