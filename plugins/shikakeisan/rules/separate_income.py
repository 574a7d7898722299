"""分離課税の所得: 土地建物等・上場株式等・一般株式等・先物 (地方税法附則33条の2〜35条の4)."""

from plugins.shikakeisan.engine.operations import larger, smaller, stack, total
from plugins.shikakeisan.engine.rule import Yen, rule
from plugins.shikakeisan.rules.absorb import absorb

SHORT_CLASSES = 2


@rule("短期譲渡（一般）の差引金額", law="地方税法附則35条1項")
def land_short_gain(land_short: Yen, land_short_revenue: Yen, land_short_expense: Yen) -> Yen:
    """収入から取得費と譲渡費用を引いた額（特別控除前、損失は負）."""
    return land_short + land_short_revenue - land_short_expense


@rule("短期譲渡（国等）の差引金額", law="地方税法附則35条3項")
def land_short_national_gain(
    land_short_national: Yen, land_short_national_revenue: Yen, land_short_national_expense: Yen
) -> Yen:
    """国又は地方公共団体等への短期譲渡の差引金額."""
    return land_short_national + land_short_national_revenue - land_short_national_expense


@rule("長期譲渡（一般）の差引金額", law="地方税法附則34条1項")
def land_long_gain(land_long: Yen, land_long_revenue: Yen, land_long_expense: Yen) -> Yen:
    """収入から取得費と譲渡費用を引いた額（特別控除前、損失は負）."""
    return land_long + land_long_revenue - land_long_expense


@rule("長期譲渡（優良住宅地等）の差引金額", law="地方税法附則34条の2")
def land_long_quality_gain(
    land_long_quality: Yen, land_long_quality_revenue: Yen, land_long_quality_expense: Yen
) -> Yen:
    """優良住宅地の造成等のための長期譲渡の差引金額."""
    return land_long_quality + land_long_quality_revenue - land_long_quality_expense


@rule("長期譲渡（居住用）の差引金額", law="地方税法附則34条の3")
def land_long_residence_gain(
    land_long_residence: Yen, land_long_residence_revenue: Yen, land_long_residence_expense: Yen
) -> Yen:
    """所有期間10年を超える居住用財産の長期譲渡の差引金額."""
    return land_long_residence + land_long_residence_revenue - land_long_residence_expense


@rule("土地建物等の中で通算した金額", law="租税特別措置法31条1項・3項・32条1項・4項")
def land_offset(
    land_short_gain: Yen,
    land_short_national_gain: Yen,
    land_long_gain: Yen,
    land_long_quality_gain: Yen,
    land_long_residence_gain: Yen,
) -> Yen:
    """五つの区分（短期一般・短期国等・長期一般・優良・居住用）の順に、損失を通算した後の黒字.

    損失は同じ所有期間の中で税率の高い区分から、次に他の所有期間から引く（open-questions A-3）。
    残る損失はなかったものとする。
    """
    short = [land_short_gain, land_short_national_gain]
    long = [land_long_gain, land_long_quality_gain, land_long_residence_gain]
    short_loss, short_gains = absorb(_loss(short), [larger(x, 0) for x in short])
    long_loss, long_gains = absorb(_loss(long), [larger(x, 0) for x in long])
    _, long_gains = absorb(short_loss, long_gains)
    _, short_gains = absorb(long_loss, short_gains)
    return stack(*short_gains, *long_gains)


@rule("土地建物等の通算後の金額", law="租税特別措置法31条1項・32条1項・41条の5第7項1号・41条の5の2第7項1号")
def land_net(land_offset: Yen, residence_loss: Yen) -> Yen:
    """特例の対象となる居住用財産の譲渡損失も、まず長期、次に短期の土地建物等の黒字から引く."""
    if not residence_loss.any():
        return land_offset
    _, left = absorb(residence_loss, [*land_offset[SHORT_CLASSES:], *land_offset[:SHORT_CLASSES]])
    return stack(*left[-SHORT_CLASSES:], *left[:-SHORT_CLASSES])


@rule(
    "損益通算の対象となる居住用財産の譲渡損失",
    law="租税特別措置法41条の5第1項・7項1号・41条の5の2第1項・7項1号",
)
def residence_loss_for_offset(land_offset: Yen, residence_loss: Yen) -> Yen:
    """土地建物等の他の黒字から引ききれない額。この年の通算に所得の上限はない."""
    return larger(residence_loss - total(land_offset), 0)


def _loss(gains: list[Yen]) -> Yen:
    losses = [-smaller(gain, 0) for gain in gains]
    return sum(losses[1:], start=losses[0])


@rule(
    "上場株式等の配当（分離）の通算後の金額",
    law="租税特別措置法37条の12の2第1項、地方税法附則33条の2・35条の2の6",
)
def listed_dividend_net(listed_dividend: Yen, listed_stock: Yen) -> Yen:
    """申告分離を選んだ配当等から、その年の上場株式等の譲渡損失を引いた額."""
    return larger(listed_dividend + smaller(listed_stock, 0), 0)


@rule("上場株式等の譲渡損失の翌年への繰越（その年分）", law="租税特別措置法37条の12の2第5項")
def listed_loss_of_year(listed_dividend: Yen, listed_stock: Yen) -> Yen:
    """その年の損失のうち、分離課税の配当から引ききれない額."""
    return larger(-smaller(listed_stock, 0) - listed_dividend, 0)


@rule("上場株式等の譲渡所得（繰越前）", law="地方税法附則35条の2の2")
def listed_stock_net(listed_stock: Yen) -> Yen:
    """上場株式等の譲渡の黒字。一般株式等との通算はできない."""
    return larger(listed_stock, 0)


@rule("一般株式等の譲渡所得", law="地方税法附則35条の2")
def general_stock_net(general_stock: Yen) -> Yen:
    """一般株式等の譲渡の黒字。損失はなかったものとする."""
    return larger(general_stock, 0)


@rule("先物取引の雑所得等（繰越前）", law="地方税法附則35条の4")
def futures_net(futures: Yen) -> Yen:
    """先物取引の黒字。損失は他の所得と通算できない."""
    return larger(futures, 0)


@rule("先物取引の損失の翌年への繰越し（その年分）", law="租税特別措置法41条の15第1項、地方税法附則35条の4の2")
def futures_loss_of_year(futures: Yen) -> Yen:
    """その年の先物取引の差金等決済の損失."""
    return -smaller(futures, 0)
