"""What a recipient counted is held against what left: three counts agree, or nothing goes on."""

from pathlib import Path

import pytest

from core.errors import SelfApproval
from plugins.shikakeisan.closing.errors import NothingDiffers, ReceiptDiffers
from plugins.shikakeisan.closing.receiving import Told, explain, receive
from plugins.shikakeisan.states import ReceiptResult
from tests.plugins.shikakeisan.closing.conftest import COLUMNS, City, Welfare
from tests.plugins.shikakeisan.correction.conftest import someone
from tests.plugins.shikakeisan.correction.terminal import CHIEF, CLERK, Terminal, terminal

__all__ = ["terminal"]

CLERKS_WORDS = ("receipt", "fukushi", "1")


async def told(city: City, rows: int, sha256: bytes | None = None) -> ReceiptResult:
    async with city.office.work() as work:
        return await receive(work, "fukushi", 1, Told(rows, sha256))


async def start(city: City) -> bytes:
    city.join()
    await city.settle(someone(), someone())
    await city.close()
    return (await city.transfer()).sha256


@pytest.mark.parametrize(
    ("rows", "is_digest_right", "result"),
    [
        (2, None, ReceiptResult.AGREES),
        (2, True, ReceiptResult.AGREES),
        (1, None, ReceiptResult.DIFFERS),
        (2, False, ReceiptResult.DIFFERS),
    ],
)
async def test_counts_and_digest_are_compared(
    city: City, rows: int, is_digest_right: bool | None, result: ReceiptResult
) -> None:
    digest = await start(city)
    said = None if is_digest_right is None else digest if is_digest_right else bytes(32)

    assert await told(city, rows, said) is result


async def test_behind_a_file_that_arrived_otherwise_none_goes_out(city: City) -> None:
    await start(city)
    await told(city, 1)
    await city.close()

    with pytest.raises(ReceiptDiffers) as refused:
        await city.transfer()
    await told(city, 2)
    await city.transfer()

    assert refused.value.details == {"sequence": 1}


async def test_two_people_let_a_difference_stand(city: City) -> None:
    await start(city)
    await told(city, 1)
    await city.close()
    async with city.office.work() as work:
        with pytest.raises(SelfApproval):
            await explain(work, "fukushi", 1, "先方で1件を除外")

    async with city.office.work("900004") as work:
        await explain(work, "fukushi", 1, "先方で1件を除外")
        with pytest.raises(NothingDiffers):
            await explain(work, "fukushi", 1, "もう一度")

    assert (await city.transfer()).rows == 0


def test_a_receipt_is_typed_and_listed(terminal: Terminal, tmp_path: Path) -> None:
    terminal.runtime.plugins.manager.register(Welfare("fukushi", COLUMNS))
    terminal.settle(someone(), someone())
    terminal.type("close")
    terminal.type("transfer", "fukushi", "--out", str(tmp_path))
    waiting = terminal.type("transfer")

    differs = terminal.type(*CLERKS_WORDS, "--rows", "1", role=CLERK, expect=1)
    mine = terminal.type(*CLERKS_WORDS, "--explain", "先方で除外", role=CLERK, expect=1)
    terminal.type(*CLERKS_WORDS, "--explain", "先方で除外", role=CHIEF)

    assert waiting.endswith("受領未確認\n")
    assert differs == "fukushi\t第1号\t受領した内容が違う\n"
    assert "SELF_APPROVAL" in mine
    assert terminal.type("transfer").endswith("受領の差は説明済み\n")
    written = terminal.rows("SELECT result, recorded_by FROM shikakeisan.receipt ORDER BY id")
    numbers = terminal.numbers[CLERK], terminal.numbers[CHIEF]
    assert [tuple(row) for row in written] == [("differs", numbers[0]), ("explained", numbers[1])]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--rows"),
        (("--rows", "1", "--explain", "x"), 2, "--rows"),
        (("--rows", "1", "--sha256", "12"), 2, "--sha256"),
        (("--rows", "1"), 1, "NOT_FOUND"),
    ],
)
def test_what_is_no_receipt_is_refused(
    terminal: Terminal, words: tuple[str, ...], code: int, said: str
) -> None:
    terminal.settle(someone())
    assert said in terminal.type(*CLERKS_WORDS, *words, role=CLERK, expect=code)
