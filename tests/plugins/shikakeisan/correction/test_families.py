"""Corrections that reach others: a dependant denied to one of two, a death, two spouses at once."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from plugins.atena.tables import metadata
from plugins.shikakeisan.correction.errors import LeavesUndecided
from plugins.shikakeisan.correction.jobs import LATE
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR
from tests.plugins.shikakeisan.closing.conftest import City, city
from tests.plugins.shikakeisan.correction.conftest import OTHER, Office, someone
from tests.plugins.shikakeisan.correction.papers import Paper
from tests.plugins.shikakeisan.correction.test_jobs import run

__all__ = ["city"]

NUMBER = "ab" * 32
SON = {"role": "dependant", "place": 1, "name": "山田　一郎", "kana": "", "birth": "2005-05-05"}
PLACE = {
    "valid_from": date(2020, 1, 1),
    "known_from": datetime(2020, 1, 1, tzinfo=UTC),
    "municipality_code": "331015",
    "prefecture": "岡山県",
    "municipality": "岡山市北区",
    "town_code": "0000000",
    "town": "中央町",
    "lot": "１",
    "building": "",
    "postal_code": "",
}
DIED = "UPDATE atena.person_revision SET death_date = '2026-03-01' WHERE person_id = :id"


def parent() -> Paper:
    """Somebody with a salary who claims the son, a student elsewhere, by his number."""
    return someone(items={"specific_main": 1}, relatives=[{**SON, "relation": "子", "number": NUMBER}])


def late_return() -> Paper:
    """A return by which somebody claims the son after all."""
    relatives = [{**SON, "relation": "子", "number": NUMBER}]
    return someone(kind="tax_return", items={"filed_on": "2026-07-10"}, relatives=relatives)


async def late(office: Office) -> list[Any]:
    await run(office, LATE, {"tax_year": TAX_YEAR, "reason": "併合の結果が変わったため"})
    return list(
        await office.year.rows("SELECT * FROM shikakeisan.proposal WHERE state = 'proposed' ORDER BY id")
    )


async def test_who_stays_the_only_claimant_is_corrected_by_itself(office: Office) -> None:
    father, mother = await office.settle(parent(), parent())
    before = await office.year.grounds()

    denied = await office.correct(father, {"dependants": None}, kind="dependant_denied")
    [proposal] = await late(office)
    settled = await office.approve(proposal.id)

    assert before == dict.fromkeys([father, mother], ("undecided", "MERGE_FINDING"))
    assert (denied.is_approved, settled.is_approved, proposal.person_id) == (True, True, mother)
    assert await office.year.grounds() == dict.fromkeys([father, mother], ("taxed", ""))
    [_, his], [_, hers] = [await office.year.revisions(one) for one in (father, mother)]
    assert (his.ded_dependants, hers.ded_dependants) == (0, 450_000)
    assert await late(office) == []


async def test_a_late_claim_of_the_same_son_takes_no_decided_tax_back(office: Office) -> None:
    father, mother = await office.settle(parent(), someone())
    await office.file(mother, late_return())
    [proposal] = await late(office)

    with pytest.raises(LeavesUndecided):
        await office.approve(proposal.id)

    assert (proposal.person_id, proposal.after["ground"]) == (mother, "MERGE_FINDING")
    assert any(effect.startswith("注意: 確認事項が残る") for effect in proposal.effects)
    assert await office.year.grounds() == dict.fromkeys([father, mother], ("taxed", ""))


async def test_the_contradiction_is_settled_by_denying_the_son_to_one_of_them(office: Office) -> None:
    father, mother = await office.settle(parent(), someone())
    await office.file(mother, late_return())
    await late(office)

    await office.correct(father, {"dependants": None}, kind="dependant_denied")
    [proposal] = await late(office)
    done = await office.approve(proposal.id)

    assert (done.is_approved, proposal.person_id) == (True, mother)
    assert (await office.year.revisions(mother))[-1].ded_dependants == 450_000


async def test_parents_corrected_at_once_wait_for_each_other(office: Office) -> None:
    father, mother = await office.settle(parent(), someone())

    async with asyncio.TaskGroup() as group:
        for person in (father, mother) * 3:
            group.create_task(office.propose(person, {"medical_paid": 300_000 + person}))

    rows = await office.year.rows("SELECT person_id FROM shikakeisan.proposal WHERE state = 'proposed'")
    assert sorted(row.person_id for row in rows) == [father] * 3 + [mother] * 3


async def test_the_tax_of_the_dead_goes_to_the_heirs(city: City) -> None:
    [person] = await city.settle(someone())
    await city.alter(DIED, id=person)

    number = await city.office.propose(person, {"medical_paid": 500_000}, kind="death")
    done = await city.office.approve(number)

    row = await city.office.proposal(number)
    assert done.is_approved
    assert "相続人: 承継する者の全員を調査します。" in row.effects
    assert any("相続人代表者の届出がありません" in effect for effect in row.effects)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "通知: 送り先の住所がありません。判明するまで発送を保留します。"),
        ("address_revision", "通知: 本人の住所に送ります。"),
        ("delivery_address", "通知: 届出のあった送付先に送ります。"),
        ("tax_agent", "通知: 納税管理人に送ります（地方税法300条）。"),
        ("trustee", "通知: 破産管財人に送ります（破産法81条）。"),
    ],
)
async def test_a_proposal_says_to_whom_the_change_is_told(city: City, table: str, said: str) -> None:
    [person] = await city.settle(someone())
    if table:
        keys = {"address_key": "", "town_key": ""}
        named = keys if table == "address_revision" else {"name": "見本", "kana": ""}
        row = {**PLACE, **named, "person_id": person}
        async with city.owner.transaction() as session:
            await session.execute(insert(metadata.tables[f"atena.{table}"]).values(row))

    told = await city.office.proposal(await city.office.propose(person, {"medical_paid": 500_000}))
    untold = await city.office.proposal(await city.office.propose(person, {"taxpayer.minor": False}))

    assert [one for one in told.effects if one.startswith("通知: ")][1:] == [said]
    assert [one for one in untold.effects if one.startswith("通知: ")] == ["通知: 納付する額は変わりません。"]


async def test_whoever_died_on_or_after_1_january_stays_taxed(city: City) -> None:
    [person] = await city.settle(someone())
    await city.alter(DIED, id=person)

    number = await city.office.propose(person, {"salary": 5_100_000}, kind="ex_officio")
    done = await city.office.approve(number, OTHER)

    row = await city.office.proposal(number)
    assert (done.is_approved, row.after["outcome"]) == (True, "taxed")
    assert any("発送を保留" in effect for effect in row.effects)
    assert row.received_on == date(2026, 7, 1)
