"""繰越控除と総所得金額・総所得金額等 (地方税法32条8項〜・313条8項〜、附則)."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, row, smaller, stack, total
from plugins.shikakeisan.engine.rule import Yen, rule
from plugins.shikakeisan.rules.absorb import absorb

AGGREGATE, LAND, DIVIDEND, GENERAL_STOCK, LISTED_STOCK, FUTURES, TIMBER, RETIREMENT = 0, 1, 6, 7, 8, 9, 10, 11
LAND_CLASSES = 5
SHORT_CLASSES = 2


@rule("繰り越された純損失", law="所得税法70条1項・2項、地方税法32条8項・9項・313条8項・9項")
def carried_net_loss(carryover_net_loss_1: Yen, carryover_net_loss_2: Yen, carryover_net_loss_3: Yen) -> Yen:
    """前3年の純損失の合計。どの年の損失を使ったかは翌年への繰越しで、古い年から数える."""
    return carryover_net_loss_1 + carryover_net_loss_2 + carryover_net_loss_3


@rule("純損失の繰越控除後の金額（総所得・山林・退職）", law="地方税法32条8項・313条8項、所得税法施行令201条")
def after_net_loss(
    aggregate_before_carry: Yen,
    timber_before_carry: Yen,
    retirement_before_carry: Yen,
    carried_net_loss: Yen,
    carryover_net_loss_timber: Yen,
) -> Yen:
    """純損失を、総所得金額の損失は総所得から、山林所得の損失は山林から先に引き、残りを互いに、最後に退職から引く.

    土地建物等・株式等・先物の分離課税の所得からは引けない。
    """
    timber_loss = smaller(carryover_net_loss_timber, carried_net_loss)
    loss, (aggregate,) = absorb(carried_net_loss - timber_loss, [aggregate_before_carry])
    timber_loss, (timber,) = absorb(timber_loss, [timber_before_carry])
    loss, (timber,) = absorb(loss, [timber])
    timber_loss, (aggregate,) = absorb(timber_loss, [aggregate])
    _, (retirement,) = absorb(loss + timber_loss, [retirement_before_carry])
    return stack(aggregate, timber, retirement)


@rule(
    "繰越控除の対象となる居住用財産の譲渡損失",
    law="地方税法附則4条・4条の2、租税特別措置法41条の5第4項",
)
def carried_residence_loss(
    carryover_residence_loss_1: Yen,
    carryover_residence_loss_2: Yen,
    carryover_residence_loss_3: Yen,
    total_income_all: Yen,
    residence_carry_limit: int,
) -> Yen:
    """前3年の居住用財産の通算後譲渡損失。合計所得金額が3,000万円を超える年には引けない."""
    loss = carryover_residence_loss_1 + carryover_residence_loss_2 + carryover_residence_loss_3
    return np.where(total_income_all <= residence_carry_limit, loss, 0)


@rule(
    "居住用財産の譲渡損失の繰越控除後の金額（総所得・土地5区分・山林・退職）",
    law="地方税法附則4条・4条の2、租税特別措置法41条の5第4項・41条の5の2第4項",
)
def after_residence_loss(after_net_loss: Yen, land_net: Yen, carried_residence_loss: Yen) -> Yen:
    """純損失の後に、分離長期・分離短期・総所得・山林・退職の順に引く（open-questions B-2）."""
    aggregate, timber, retirement = after_net_loss
    order = [*land_net[SHORT_CLASSES:], *land_net[:SHORT_CLASSES], aggregate, timber, retirement]
    _, left = absorb(carried_residence_loss, order)
    long, short = left[: LAND_CLASSES - SHORT_CLASSES], left[LAND_CLASSES - SHORT_CLASSES : LAND_CLASSES]
    aggregate, timber, retirement = left[LAND_CLASSES:]
    return stack(aggregate, *short, *long, timber, retirement)


@rule("繰り越された上場株式等の譲渡損失", law="租税特別措置法37条の12の2第5項、地方税法附則35条の2の6")
def carried_listed_loss(
    carryover_listed_stock_1: Yen, carryover_listed_stock_2: Yen, carryover_listed_stock_3: Yen
) -> Yen:
    """前3年の上場株式等の譲渡損失の合計."""
    return carryover_listed_stock_1 + carryover_listed_stock_2 + carryover_listed_stock_3


@rule("上場株式等の譲渡所得（繰越控除後）", law="地方税法附則35条の2の6第4項・11項")
def listed_stock_after_carry(listed_stock_net: Yen, carried_listed_loss: Yen) -> Yen:
    """前3年の譲渡損失を、まず上場株式等の譲渡所得から引く."""
    return larger(listed_stock_net - carried_listed_loss, 0)


@rule("上場株式等の配当（繰越控除後）", law="地方税法附則35条の2の6第4項・11項")
def listed_dividend_after_carry(
    listed_dividend_net: Yen, listed_stock_net: Yen, carried_listed_loss: Yen
) -> Yen:
    """譲渡所得から引ききれない繰越損失を、分離課税の配当から引く."""
    left = larger(carried_listed_loss - listed_stock_net, 0)
    return larger(listed_dividend_net - left, 0)


@rule("繰り越された先物取引の損失", law="租税特別措置法41条の15、地方税法附則35条の4の2")
def carried_futures_loss(carryover_futures_1: Yen, carryover_futures_2: Yen, carryover_futures_3: Yen) -> Yen:
    """前3年の先物取引の損失の合計."""
    return carryover_futures_1 + carryover_futures_2 + carryover_futures_3


@rule("先物取引の雑所得等（繰越控除後）", law="租税特別措置法41条の15、地方税法附則35条の4の2")
def futures_after_carry(futures_net: Yen, carried_futures_loss: Yen) -> Yen:
    """前3年の損失は先物取引の雑所得等だけから引く."""
    return larger(futures_net - carried_futures_loss, 0)


@rule("繰り越された雑損失", law="所得税法71条、地方税法32条9項・313条9項")
def carried_casualty_loss(
    carryover_casualty_1: Yen, carryover_casualty_2: Yen, carryover_casualty_3: Yen
) -> Yen:
    """前3年の雑損失の合計."""
    return carryover_casualty_1 + carryover_casualty_2 + carryover_casualty_3


@rule(
    "雑損失の繰越控除前の所得（区分ごと）", law="地方税法32条8項・9項・313条8項・9項、附則33条の2〜35条の4の2"
)
def incomes_before_casualty(
    after_residence_loss: Yen,
    listed_dividend_after_carry: Yen,
    general_stock_net: Yen,
    listed_stock_after_carry: Yen,
    futures_after_carry: Yen,
) -> Yen:
    """総所得、土地5区分、配当、一般株式、上場株式、先物、山林、退職の12区分の順."""
    *kept, timber, retirement = after_residence_loss
    stocks = [listed_dividend_after_carry, general_stock_net, listed_stock_after_carry, futures_after_carry]
    return stack(*kept, *stocks, timber, retirement)


@rule(
    "繰越控除後の所得（区分ごと）",
    law="所得税法71条、地方税法32条9項・313条9項、附則33条の2〜35条の4の読替え",
)
def carried_incomes(incomes_before_casualty: Yen, carried_casualty_loss: Yen) -> Yen:
    """雑損失を、すべての区分から所得控除と同じ順に引いた後の12区分（open-questions A-2）."""
    if not carried_casualty_loss.any():
        return incomes_before_casualty
    return stack(*absorb(carried_casualty_loss, list(incomes_before_casualty))[1])


@rule("総所得金額", law="地方税法32条1項・313条1項")
def aggregate_income(carried_incomes: Yen) -> Yen:
    """繰越控除後の総所得金額（分離課税の所得を含まない）."""
    return row(carried_incomes, AGGREGATE)


@rule("総所得金額等", law="地方税法295条・314条の2第1項・附則3条の3、附則33条の2〜35条の4の読替え")
def total_income(carried_incomes: Yen) -> Yen:
    """繰越控除後のすべての区分の合計。土地建物等は特別控除前の額による（open-questions B-1）."""
    return total(carried_incomes)
