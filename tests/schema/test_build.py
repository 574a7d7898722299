"""Building a Runtime: what must not start does not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.clock import JAPAN, Clock, MovableClock
from core.errors import StartError
from core.settings import PROFILE
from schema.build import build_runtime
from schema.testing import environ_of


def test_a_movable_clock_is_refused_in_production(tmp_path: Path) -> None:
    environ = environ_of(tmp_path) | {PROFILE.variable: "production"}
    with pytest.raises(StartError, match="clock"):
        build_runtime(environ, MovableClock())


def test_a_movable_clock_is_used_elsewhere(tmp_path: Path) -> None:
    clock = MovableClock()
    assert build_runtime(environ_of(tmp_path), clock).clock is clock


def test_a_moved_clock_stands_where_it_was_put() -> None:
    clock, real = MovableClock(), datetime.now(UTC)
    clock.move(timedelta(days=91))
    assert timedelta(days=91) <= clock.now() - real < timedelta(days=91, minutes=1)


def test_today_is_the_date_in_japan() -> None:
    class Evening(Clock):
        def now(self) -> datetime:
            return datetime(2026, 3, 31, 15, 0, tzinfo=UTC)

    assert Evening().now().astimezone(JAPAN).hour == 0
    assert Evening().today().isoformat() == "2026-04-01"
