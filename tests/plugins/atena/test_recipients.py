"""Where a notice goes and why: home, delivery address, tax agent, heirs, trustee, or nowhere yet."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from core.storage.database import Database
from plugins.atena.api import Moment, delivery_targets, person_ids
from plugins.atena.delivery import Reason, RecipientKind, Whereabouts, target_of

TARGET = """
query T($number: String!, $on: Date) {
  person(atenaNumber: $number) {
    version
    deliveryTarget(asOf: $on) { held reasonCode reason name onBehalfOf address { town masked } }
  }
}
"""
RECIPIENTS = """
query R($number: String!, $kind: Recipient!) {
  person(atenaNumber: $number) { recipients(kind: $kind) { name validFrom validTo address { town } } }
}
"""
SET = "mutation S($input: SetRecipientInput!) { setRecipient(input: $input) { version } }"
END = "mutation E($input: EndRecipientInput!) { endRecipient(input: $input) { version } }"
ADDRESS = {
    "municipalityCode": "332020",
    "prefecture": "岡山県",
    "municipality": "倉敷市",
    "town": "朝霧町",
    "lot": "9002番地",
}
AGENT = {
    "atenaNumber": "1",
    "expectedVersion": 1,
    "kind": "TAX_AGENT",
    "name": "苔浜　美咲",
    "address": ADDRESS,
    "validFrom": "2026-01-01",
}
DAY = date(2026, 6, 10)
DELIVERY, TAX_AGENT, HEIRS, TRUSTEE = RecipientKind
HOME = SimpleNamespace(town="桜見町")


@pytest.mark.parametrize(
    ("death", "address", "kinds", "reason"),
    [
        (None, HOME, (), Reason.HOME),
        (None, None, (), Reason.HELD_NO_ADDRESS),
        (None, None, (DELIVERY,), Reason.DELIVERY_ADDRESS),
        (None, HOME, (DELIVERY,), Reason.DELIVERY_ADDRESS),
        (None, HOME, (DELIVERY, TAX_AGENT), Reason.TAX_AGENT),
        (None, HOME, (DELIVERY, TAX_AGENT, TRUSTEE), Reason.TRUSTEE),
        (None, HOME, (HEIRS,), Reason.HOME),
        (DAY, HOME, (), Reason.HELD_DECEASED),
        (DAY, HOME, (DELIVERY, TAX_AGENT), Reason.HELD_DECEASED),
        (DAY, HOME, (DELIVERY, HEIRS), Reason.HEIRS_REPRESENTATIVE),
        (DAY, HOME, (HEIRS, TRUSTEE), Reason.TRUSTEE),
        (date(2026, 6, 11), HOME, (), Reason.HOME),
    ],
)
def test_the_order_of_recipients(
    death: date | None, address: Any, kinds: tuple[RecipientKind, ...], reason: Reason
) -> None:
    rows = {kind: SimpleNamespace(name=kind.value) for kind in kinds}

    target = target_of(Whereabouts("本人", death, address, rows), DAY)

    assert target.reason is reason
    names = {Reason.HOME: "本人", Reason.HELD_DECEASED: None, Reason.HELD_NO_ADDRESS: None}
    assert target.name == names.get(reason, reason.value)


async def target(house: Any, on: str | None = None, role: str = "tax_clerk", reason: str = "") -> Any:
    return (await house.data(TARGET, role, reason, number="1", on=on))["person"]["deliveryTarget"]


async def test_the_notice_carries_both_names(register: Any, house: Any) -> None:
    await register.apply(register.arrival())
    assert await target(house) == {
        "held": False,
        "reasonCode": "HOME",
        "reason": "住所に送ります。",
        "name": "霧ヶ丘　陽斗",
        "onBehalfOf": None,
        "address": {"town": "桜見町", "masked": False},
    }

    await house.data(SET, input={**AGENT, "validTo": "2026-07-01"})

    assert await target(house) == {
        "held": False,
        "reasonCode": "TAX_AGENT",
        "reason": "納税管理人に送ります。",
        "name": "苔浜　美咲",
        "onBehalfOf": "霧ヶ丘　陽斗",
        "address": {"town": "朝霧町", "masked": False},
    }
    assert (await target(house, "2026-07-01"))["reasonCode"] == "HOME"
    assert await target(house, "2019-01-01") is None


async def test_after_a_death_notices_wait_for_a_representative(
    register: Any, house: Any, database: Database
) -> None:
    await register.apply(register.arrival(), register.message("death", on="2026-05-01"))
    held = await target(house)
    assert (held["held"], held["reasonCode"], held["name"], held["address"]) == (
        True,
        "HELD_DECEASED",
        None,
        None,
    )

    await house.data(SET, input={**AGENT, "kind": "HEIRS_REPRESENTATIVE", "validFrom": "2026-05-20"})

    assert (await target(house, "2026-05-19"))["held"]
    assert (await target(house))["name"] == "苔浜　美咲"
    async with database.read() as session:
        ids = await person_ids(session, ["1"])
        found = await delivery_targets(session, list(ids.values()), Moment(DAY))
    assert [each.reason for each in found.values()] == [Reason.HEIRS_REPRESENTATIVE]


async def test_a_recipient_ends_and_stays_in_the_history(register: Any, house: Any) -> None:
    await register.apply(register.arrival())
    await house.data(SET, input=AGENT)
    end = {"atenaNumber": "1", "expectedVersion": 2, "kind": "TAX_AGENT", "endsOn": "2026-06-01"}
    await house.data(END, input=end)

    assert (await target(house))["reasonCode"] == "HOME"
    assert (await target(house, "2026-05-31"))["reasonCode"] == "TAX_AGENT"
    shown = (await house.data(RECIPIENTS, number="1", kind="TAX_AGENT"))["person"]["recipients"]
    assert shown == [
        {
            "name": "苔浜　美咲",
            "validFrom": "2026-01-01",
            "validTo": "2026-06-01",
            "address": {"town": "朝霧町"},
        }
    ]
    again = await house.refusal(END, input={**end, "expectedVersion": 3})
    assert again["findings"][0]["rule"] == "no-change"
    assert (await house.refusal(END, input=end))["currentVersion"] == 3


async def test_all_faults_are_reported(register: Any, house: Any) -> None:
    await register.apply(register.arrival())
    bad = {**AGENT, "name": "", "kana": "漢", "validTo": "2026-01-01"}
    bad["address"] = {**ADDRESS, "postalCode": "1"}

    refused = await house.refusal(SET, input=bad)

    found = [(finding["field"], finding["rule"]) for finding in refused["findings"]]
    assert sorted(found) == [
        ("address.postalCode", "code"),
        ("kana", "kana"),
        ("name", "required"),
        ("validTo", "order"),
    ]


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_others_set_no_recipient(house: Any, role: str) -> None:
    assert (await house.refusal(SET, role, input=AGENT))["code"] == "FORBIDDEN"


async def test_a_protected_home_is_masked_and_an_agents_office_is_not(register: Any, house: Any) -> None:
    await register.apply(register.arrival(), register.message("protection_set", on="2026-01-01"))
    assert (await target(house, role="other_office"))["address"]["masked"]
    assert not (await target(house, reason="通知書の返戻"))["address"]["masked"]

    await house.data(SET, input=AGENT)

    assert (await target(house, role="other_office"))["address"]["town"] == "朝霧町"
