"""One page for a close: what went out with it, what came in before it, what nobody has answered."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.identity import demo
from core.identity.opening import open_identity
from core.storage.address import ServerAddress
from schema.testing import House, open_house
from tests.plugins.shikakeisan.closing.conftest import COLUMNS, City, Welfare
from tests.plugins.shikakeisan.correction.conftest import someone
from tests.plugins.shikakeisan.correction.terminal import Terminal, terminal

__all__ = ["terminal"]

PAGE = """query ($id: Int!) { closeExchange(closingId: $id) {
  close { id kind } transfers { recipient sequence rows receipt { result } } recipientsWithoutFile
  deliveries { senderKind received accepted documents }
  register { applied firstSequence lastSequence stopCode unsent unanswered refused } } }"""
CAME = (
    "INSERT INTO shiryo.sender (code, kind, name) VALUES ('P-1', 'pension', '見本') ON CONFLICT DO NOTHING",
    """INSERT INTO shiryo.delivery
        (tax_year, sender_id, channel, state, held_for, received_by, received_at, accepted_at)
    SELECT 2026, id, 'eltax', 'attached', '', 'clerk', :at, :at FROM shiryo.sender WHERE code = 'P-1'""",
    """INSERT INTO shiryo.file (delivery_id, name, kind, version, layout, accepted_records)
    SELECT max(id), 'a.csv', 'salary_report', '2020', '2020', 7 FROM shiryo.delivery""",
    """INSERT INTO atena.feed_message (sequence, kind, person_id, issued_at, applied_at)
    SELECT coalesce(max(m.sequence), 0) + 1, 'moved_in', min(p.id), :at, :at
    FROM atena.person p LEFT JOIN atena.feed_message m ON m.person_id = p.id""",
)
UNANSWERED = """INSERT INTO atena.platform_message
        (person_id, kind, known_at, sequence, sent_at, result, answered_at, code)
    SELECT min(id), 'changed', :at, :sequence, :at, :result, :answered, '' FROM atena.person"""


async def come_in(city: City, at: datetime) -> None:
    for statement in CAME:
        await city.alter(statement, **({"at": at} if ":at" in statement else {}))


@pytest.fixture
async def desk(
    city: City, tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """The house above the city."""
    auditor = ("900005", "監査 五郎", "0901", "auditor")
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, auditor))
    async with open_house(tmp_path, address) as desk:
        async with desk.database.transaction() as session:
            sign_ins = await demo.create_demo_staff(session, open_identity(desk.runtime, desk.database))
        desk.people = {person.role: person for person in sign_ins}
        desk.runtime.plugins.manager.register(Welfare("fukushi", COLUMNS))
        desk.runtime.plugins.manager.register(Welfare("kaigo", COLUMNS))
        yield desk


async def page(desk: House, closing_id: int, role: str = "tax_clerk") -> Any:
    return (await desk.ask(PAGE, role, id=closing_id)).json()


async def test_a_page_holds_what_went_out_with_the_close_and_came_in_before_it(
    city: City, desk: House
) -> None:
    clock: Any = city.office.year.runtime.clock
    city.join()
    await city.settle(someone())
    await come_in(city, clock.now() - timedelta(days=1))
    first = await city.close()
    await city.transfer()
    clock.move(timedelta(days=2))
    await come_in(city, clock.now() - timedelta(days=1))
    await come_in(city, clock.now() - timedelta(days=1))
    now = clock.now()
    await city.alter(UNANSWERED, at=now, sequence=1, answered=None, result=None)
    await city.alter(UNANSWERED, at=now, sequence=2, answered=now, result="refused")
    second = await city.close()

    one, two = [(await page(desk, number))["data"]["closeExchange"] for number in (first, second)]

    assert (one["close"]["kind"], two["close"]["kind"]) == ("INITIAL", "CHANGES")
    assert one["transfers"] == [{"recipient": "fukushi", "sequence": 1, "rows": 1, "receipt": None}]
    assert (one["recipientsWithoutFile"], two["recipientsWithoutFile"]) == (["kaigo"], ["fukushi", "kaigo"])
    assert [each["deliveries"] for each in (one, two)] == [
        [
            {"senderKind": "PAYER", "received": 1, "accepted": 1, "documents": 0},
            {"senderKind": "PENSION", "received": 1, "accepted": 1, "documents": 7},
        ],
        [{"senderKind": "PENSION", "received": 2, "accepted": 2, "documents": 14}],
    ]
    waiting = {"stopCode": "", "unsent": 0, "unanswered": 1, "refused": 1}
    assert one["register"] == {"applied": 1, "firstSequence": 1, "lastSequence": 1, **waiting}
    assert two["register"] == {"applied": 2, "firstSequence": 2, "lastSequence": 3, **waiting}


@pytest.mark.parametrize(
    ("role", "code"), [("tax_clerk", "NOT_FOUND"), ("auditor", "FORBIDDEN"), ("other_office", "FORBIDDEN")]
)
async def test_the_page_is_for_this_office(desk: House, role: str, code: str) -> None:
    [error] = (await page(desk, 99, role))["errors"]
    assert error["extensions"]["code"] == code


def test_the_page_at_the_terminal(terminal: Terminal, tmp_path: Path) -> None:
    terminal.runtime.plugins.manager.register(Welfare("fukushi", COLUMNS))
    terminal.runtime.plugins.manager.register(Welfare("kaigo", COLUMNS))
    none = terminal.type("close-page", expect=1)
    terminal.settle(someone())
    terminal.do(lambda city: come_in(city, terminal.runtime.clock.now() - timedelta(days=1)))
    terminal.type("close")
    terminal.type("transfer", "fukushi", "--out", str(tmp_path))

    head, *lines = terminal.type("close-page", "1").splitlines()

    assert ("NOT_FOUND" in none, head.startswith("締め 1\t")) == (True, True)
    assert lines == [
        "渡した\tfukushi 第1号\t1件\t受領未確認",
        "渡していない\tkaigo",
        "課税資料\tpayer\t受付 1\t受入 1\t資料 0件",
        "課税資料\tpension\t受付 1\t受入 1\t資料 7件",
        "住記連携\t1件\t通番 1～1",
        "共通基盤\t未送信 0\t応答待ち 0\t拒否 0",
    ]
    assert terminal.type("close-page").splitlines()[1:] == lines
