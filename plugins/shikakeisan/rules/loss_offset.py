"""損益通算 (所得税法69条、同施行令198条) と合計所得金額 (地方税法292条1項13号)."""

from collections.abc import Sequence
from typing import NamedTuple

from plugins.shikakeisan.engine.operations import larger, row, stack, total
from plugins.shikakeisan.engine.rule import Yen, rule
from plugins.shikakeisan.engine.values import Rate
from plugins.shikakeisan.rules.absorb import absorb

ORDINARY, SHORT, LONG, TEMPORARY, TIMBER, RETIREMENT, NET_LOSS, RESIDENCE_LOSS = range(8)


class Incomes(NamedTuple):
    """Incomes before the offset; a loss of the ordinary group or of timber is negative, of transfers
    apart."""

    ordinary: Yen
    short: Yen
    long: Yen
    temporary: Yen
    transfer_loss: Yen
    timber: Yen
    retirement: Yen
    residence_loss: Yen


def settle(incomes: Incomes) -> list[Yen]:
    """Offset losses in the order of 所得税法施行令198条.

    Gives eight columns: ordinary, short, long, temporary, timber, retirement, and the losses that nothing
    absorbed: of all incomes, and of a residence.
    """
    ordinary = larger(incomes.ordinary, 0)
    timber = larger(incomes.timber, 0)
    ordinary_loss = larger(-incomes.ordinary, 0)
    timber_loss = larger(-incomes.timber, 0)
    transfer_loss, (temporary,) = absorb(incomes.transfer_loss, [incomes.temporary])
    ordinary_loss, (short, long, temporary) = absorb(ordinary_loss, [incomes.short, incomes.long, temporary])
    transfer_loss, (ordinary,) = absorb(transfer_loss, [ordinary])
    left, (timber, retirement) = absorb(ordinary_loss + transfer_loss, [timber, incomes.retirement])
    rest, found = absorb(timber_loss, [ordinary, short, long, temporary, retirement])
    ordinary, short, long, temporary, retirement = found
    residence, found = absorb(incomes.residence_loss, [short, long, temporary, ordinary, timber, retirement])
    short, long, temporary, ordinary, timber, retirement = found
    return [ordinary, short, long, temporary, timber, retirement, left + rest, residence]


def aggregate(settled: Sequence[Yen] | Yen, half: Rate) -> Yen:
    """総所得金額 before carry-over: long-term transfers and temporary income count for one half, cut once."""
    full = settled[ORDINARY] + settled[SHORT]
    halved: Yen = settled[LONG] + settled[TEMPORARY]
    result: Yen = full + half.down(halved)
    return result


@rule("経常所得の金額", law="所得税法施行令198条1号")
def ordinary_income(
    interest: Yen,
    dividend_income: Yen,
    real_estate_for_offset: Yen,
    business_income: Yen,
    salary_income: Yen,
    misc_income: Yen,
) -> Yen:
    """利子・配当・不動産・事業・給与・雑の合計。不動産と事業の赤字はまずこの中で引く."""
    earned = business_income + salary_income + misc_income
    return earned + interest + dividend_income + real_estate_for_offset


@rule("損益通算後の金額", law="所得税法69条、同施行令198条、租税特別措置法41条の5・41条の5の2")
def settled_incomes(
    ordinary_income: Yen,
    transfer_short_income: Yen,
    transfer_long_income: Yen,
    temporary_income: Yen,
    transfer_loss: Yen,
    timber_gain: Yen,
    retirement_comprehensive: Yen,
    residence_loss_for_offset: Yen,
) -> Yen:
    """経常・短期譲渡・長期譲渡・一時・山林・退職の順に、損益通算後の金額と、残る純損失・居住用財産の損失.

    居住用財産の譲渡損失は、他の通算を終えた後に、総合短期・総合長期・一時・経常・山林・退職の順に引く
    （open-questions B-13）。
    """
    incomes = Incomes(
        ordinary_income,
        transfer_short_income,
        transfer_long_income,
        temporary_income,
        transfer_loss,
        timber_gain,
        retirement_comprehensive,
        residence_loss_for_offset,
    )
    return stack(*settle(incomes))


@rule("総所得金額（繰越控除前）", law="所得税法22条2項、地方税法32条1項・313条1項")
def aggregate_before_carry(settled_incomes: Yen, half: Rate) -> Yen:
    """総合長期譲渡と一時の合計は2分の1を算入し、1円未満を一度だけ切り捨てる（open-questions A-4）."""
    return aggregate(settled_incomes, half)


@rule("山林所得（繰越控除前）", law="地方税法32条1項・313条1項")
def timber_before_carry(settled_incomes: Yen) -> Yen:
    """損益通算後の山林所得。住民税では5分5乗を使わない."""
    return row(settled_incomes, TIMBER)


@rule("退職所得（申告によるもの、繰越控除前）", law="地方税法32条1項・313条1項")
def retirement_before_carry(settled_incomes: Yen) -> Yen:
    """分離課税（特別徴収）されない退職所得."""
    return row(settled_incomes, RETIREMENT)


@rule("分離課税の所得の合計（繰越控除前）", law="地方税法附則33条の2〜35条の4")
def separate_total(
    land_net: Yen, listed_dividend_net: Yen, listed_stock_net: Yen, general_stock_net: Yen, futures_net: Yen
) -> Yen:
    """土地建物等は特別控除前の額で数える."""
    land = total(land_net)
    return land + listed_dividend_net + listed_stock_net + general_stock_net + futures_net


@rule("年金以外の合計所得金額", law="所得税法35条4項1号")
def other_total_income(
    interest: Yen,
    dividend_income: Yen,
    real_estate_for_offset: Yen,
    business_income: Yen,
    salary_income_without_pension: Yen,
    misc_income_without_pension: Yen,
    transfer_short_income: Yen,
    transfer_long_income: Yen,
    temporary_income: Yen,
    transfer_loss: Yen,
    timber_gain: Yen,
    retirement_comprehensive: Yen,
    residence_loss_for_offset: Yen,
    separate_total: Yen,
    half: Rate,
) -> Yen:
    """公的年金等の収入がないものとして計算した合計所得金額（公的年金等控除額の判定だけに使う）."""
    earned = business_income + salary_income_without_pension + misc_income_without_pension
    ordinary = earned + interest + dividend_income + real_estate_for_offset
    settled = settle(
        Incomes(
            ordinary,
            transfer_short_income,
            transfer_long_income,
            temporary_income,
            transfer_loss,
            timber_gain,
            retirement_comprehensive,
            residence_loss_for_offset,
        )
    )
    return aggregate(settled, half) + settled[TIMBER] + settled[RETIREMENT] + separate_total


@rule("合計所得金額", law="地方税法23条1項13号・292条1項13号")
def total_income_all(
    aggregate_before_carry: Yen, timber_before_carry: Yen, retirement_before_carry: Yen, separate_total: Yen
) -> Yen:
    """損益通算後、繰越控除前の総所得・山林・退職・分離課税の所得の合計（土地の特別控除前）."""
    return aggregate_before_carry + timber_before_carry + retirement_before_carry + separate_total
