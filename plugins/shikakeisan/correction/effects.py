"""What a correction leads to, told before it is approved: notices, collection, other offices."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from core.runtime import Runtime
from core.storage.database import ReadSession
from plugins.atena.api import DeliveryReason, Moment, delivery_targets
from plugins.shikakeisan.assessment.outcome import Ground
from plugins.shikakeisan.correction.catalogue import Kind
from plugins.shikakeisan.correction.periods import Direction

INCOMES = ("total_income_all", "total_income")
ADDRESSEES: Mapping[DeliveryReason, str] = {
    DeliveryReason.TRUSTEE: "通知: 破産管財人に送ります（破産法81条）。",
    DeliveryReason.HEIRS_REPRESENTATIVE: "通知: 承継した相続人の代表者に送ります（地方税法9条の2）。",
    DeliveryReason.TAX_AGENT: "通知: 納税管理人に送ります（地方税法300条）。",
    DeliveryReason.DELIVERY_ADDRESS: "通知: 届出のあった送付先に送ります。",
    DeliveryReason.HOME: "通知: 本人の住所に送ります。",
    DeliveryReason.HELD_DECEASED: "通知: 相続人代表者の届出がありません。届出又は指定まで発送を保留します。",
    DeliveryReason.HELD_NO_ADDRESS: "通知: 送り先の住所がありません。判明するまで発送を保留します。",
}
"""To whom the change is told (税額変更通知), as 宛名 stands on the day."""
OVERDUE = "不足税額は直ちに徴収します（地方税法321条の2）。"
SPREAD = "増えた額を残りの納期に割り振ります。"
OFFICES = "連絡: 国民健康保険・介護保険・後期高齢者医療・福祉の担当に、所得又は課税の変更を知らせます。"


async def effects_of(
    runtime: Runtime,
    session: ReadSession,
    kind: Kind,
    tax_year: int,
    person_id: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    on: date,
    last_bill: date,
) -> list[str]:
    """Return everything in Japanese: what follows from the figures, then what the plug-ins say.

    `last_bill` is the day of the last instalment (地方税法320条): until then more tax can be spread.
    """
    difference = difference_of(before, after)
    addressee = await _addressee(session, person_id, Moment(on)) if "payable" in difference else []
    answers: Sequence[Sequence[str]] = await runtime.plugins.run(
        "correction_effects",
        session=session,
        tax_year=tax_year,
        person_id=person_id,
        difference=difference,
    )
    return [
        *_by_figures(before, after, difference, is_past=on > last_bill),
        *addressee,
        *(["相続人: 承継する者の全員を調査します。"] if kind.tells_heirs else []),
        *(["税務署: 資料連絡せんを作成します（地方税法317条）。"] if kind.marks_slip else []),
        *(text for answer in answers for text in answer),
    ]


async def _addressee(session: ReadSession, person_id: int, moment: Moment) -> list[str]:
    """Return to whom the notice goes; nothing where 宛名 does not know the person."""
    targets = await delivery_targets(session, [person_id], moment)
    return [ADDRESSEES[targets[person_id].reason]] if person_id in targets else []


def difference_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, int]:
    """Return the figures that differ, each as after minus before."""
    old, new = before["figures"], after["figures"]
    return {name: new[name] - old[name] for name in new if new[name] != old[name]}


def _by_figures(
    before: Mapping[str, Any], after: Mapping[str, Any], difference: Mapping[str, int], *, is_past: bool
) -> Iterator[str]:
    change = difference.get("payable", 0)
    match Direction.of(change):
        case Direction.INCREASE:
            yield f"通知: 税額変更（決定）通知を送ります。納付する額が {change:,}円増えます。"
            yield f"徴収: {OVERDUE if is_past else SPREAD}"
        case Direction.DECREASE:
            yield f"通知: 税額変更通知を送ります。納付する額が {-change:,}円減ります。"
            yield "徴収: 残りの納期から減らし、納め過ぎは還付又は充当します（地方税法17条・17条の2）。"
        case Direction.NONE:
            yield "通知: 納付する額は変わりません。"
    if after["ground"] == Ground.MERGE_FINDING.value:
        yield "注意: 確認事項が残るため未決定になります。解消する内容を合わせて提案してください。"
    if before["outcome"] != after["outcome"] or any(name in difference for name in INCOMES):
        yield OFFICES
    if difference:
        yield "証明: 交付済みの課税証明書と内容が異なることになります。"
