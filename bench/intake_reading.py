"""Speed of reading source documents: records a second of one core, and the peak of memory.

    uv run python -m bench.intake_reading [--records 100000]

The figures are processor time of one process: bytes to checked records, no database. Beside each layout
stands the bare split of the same lines, the floor of any reader in this language.
"""

import argparse
import io
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

from plugins.shiryo.reading.layout import Layout, load_layout

DEPENDANT = {"kana": "ヤマダ　ジロウ", "name": "山田　次郎", "residence": "00", "number": "0621498320257"}
SALARY: dict[str, Any] = {
    "payer_address": "東京都千代田区霞が関１－１",
    "payer_name": "（株）見本",
    "payer_phone": "03-0000-0000",
    "correction": 0,
    "income_year": "06",
    "address": "岡山県岡山市北区大供１－１－１",
    "overseas": 0,
    "category": "給料・賞与",
    "payment": 4_800_000,
    "salary_income": 3_400_000,
    "deductions_total": 1_700_000,
    "tax_withheld": 86_700,
    "spouse_claimed": 1,
    "spouse_deduction": 380_000,
    "other_main": 1,
    "social_insurance": 720_000,
    "life_deduction": 40_000,
    "birth_era": 4,
    "birth_year": "02",
    "birth_month": "04",
    "birth_day": "01",
    **dict.fromkeys(("minor", "secondary_column", "self_special_disabled", "self_other_disabled"), 0),
    **dict.fromkeys(("widow", "working_student", "died", "disaster_victim", "foreigner"), 0),
    "life_new_general": 80_000,
    "payer_number": "8000020130001",
    "my_number": "0621498320257",
    "spouse_kana": "ヤマダ　ハナコ",
    "spouse_name": "山田　花子",
    "spouse_residence": "00",
    "spouse_number": "0621498320257",
    **{f"dependant_1_{name}": value for name, value in DEPENDANT.items()},
    "ordinary_collection": 0,
    "kana": "ﾔﾏﾀﾞ ﾀﾛｳ",
    "municipality": "331007",
    "designation_number": "000000000001",
    "basic_deduction": 480_000,
    "scope": 2,
}
PENSION = {
    "payer_address": "東京都千代田区霞が関１－１",
    "payer_name": "見本年金機構",
    "correction": 0,
    "income_year": "06",
    "address": "岡山県岡山市北区大供１－１－１",
    "birth_era": 1,
    "birth_year": "20",
    "birth_month": "07",
    "birth_day": "01",
    "band_1_payment": 1_800_000,
    "social_insurance": 90_000,
    "payer_number": "8000020130001",
    "kana": "ﾔﾏﾀﾞ ﾀﾛｳ",
    "my_number": "0621498320257",
}
RETURN = {
    "income_year": 2025,
    "name": "山田　太郎",
    "kana": "ヤマダ　タロウ",
    "my_number": "621498320257",
    "birth_date": "1964-07-01",
    "address_january": "岡山県岡山市北区大供１－１－１",
    "salary": 5_000_000,
    "salary_income": 3_560_000,
    "income_total": 3_560_000,
    "social_insurance": 700_000,
    "basic_deduction": 480_000,
    "deductions_subtotal": 1_180_000,
    "deductions_total": 1_180_000,
    "tax_withheld": 120_000,
    "collection": 1,
    "donation_furusato": 30_000,
}
ONE_STOP = {
    "income_year": 2024,
    "municipality": "331007",
    "sender_municipality": "131016",
    "my_number": "621498320257",
    "name": "山田　太郎",
    "kana": "ヤマダ　タロウ",
    "birth_date": "1964-07-01",
    "address": "岡山県岡山市北区大供１－１－１",
    "donation": 30_000,
    "action": 0,
}
CASES = (
    ("salary_report", "2020", SALARY),
    ("pension_report", "2020", PENSION),
    ("tax_return", "23", RETURN),
    ("one_stop_notice", "1", ONE_STOP),
)


class Endless(io.RawIOBase):
    """A file of many records that never stands in memory: the stream that a reader sees."""

    def __init__(self, layout: Layout, records: int) -> None:
        kind = next(record for name, _, record in CASES if name == layout.form.kind)
        self._pieces = layout.lines(_people(layout, kind, records))
        self._rest = b""

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return the next line."""
        return next(self._pieces, b"")


def _people(layout: Layout, record: dict[str, Any], records: int) -> Iterator[dict[str, Any]]:
    for serial in range(records):
        yield {**record, **_serial(layout, serial)}


def _serial(layout: Layout, serial: int) -> dict[str, str]:
    name = "山田　" + "".join("〇一二三四五六七八九"[int(digit)] for digit in str(serial))
    numbers = {"recipient_number": f"{serial:06d}", "document_number": f"D{serial:08d}"}
    return {"name": name} | {key: text for key, text in numbers.items() if key in layout.form.index}


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """Processor time of the best of a few runs: other work on the machine does not count."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def bare(data: bytes, encoding: str) -> None:
    """Decode and split, nothing else."""
    for line in io.BytesIO(data):
        line.decode(encoding).split(",")


def main() -> None:
    """Print one line per layout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=50_000)
    records = parser.parse_args().records
    print(f"{'layout':24} {'records/s':>10} {'MB/s':>7} {'bare split/s':>13} {'write/s':>9}")
    for kind, version, record in CASES:
        layout = load_layout(kind, version=version)
        wanted = records if layout.form.form == "csv" else records // 10
        people = list(_people(layout, record, wanted))
        data = layout.write(people)
        reading = layout.read(data, "bench").finish()
        if reading.findings:
            raise SystemExit(f"{layout.id}: {reading.counts}")
        spent = seconds(lambda layout=layout, data=data: layout.read(data, "bench").finish())
        floor = seconds(lambda layout=layout, data=data: bare(data, layout.form.encoding))
        writing = seconds(lambda layout=layout, people=people: layout.write(people), repeat=1)
        print(
            f"{layout.id:24} {wanted / spent:10,.0f} {len(data) / spent / 1e6:7.1f} "
            f"{wanted / floor:13,.0f} {wanted / writing:9,.0f}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory, data of the largest case included: {peak} MiB")


if __name__ == "__main__":
    main()
