"""繰越控除と総所得金額・総所得金額等 (地方税法32条8項〜・313条8項〜、附則)."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, row, stack, total
from plugins.shikakeisan.engine.rule import Yen, rule
from plugins.shikakeisan.rules.absorb import absorb

AGGREGATE, LAND, DIVIDEND, GENERAL_STOCK, LISTED_STOCK, FUTURES, TIMBER, RETIREMENT = 0, 1, 6, 7, 8, 9, 10, 11
LAND_CLASSES = 5


@rule("上場株式等の譲渡所得（繰越控除後）", law="地方税法附則35条の2の6第4項・11項")
def listed_stock_after_carry(listed_stock_net: Yen, carryover_listed_stock: Yen) -> Yen:
    """前3年の譲渡損失を、まず上場株式等の譲渡所得から引く."""
    return larger(listed_stock_net - carryover_listed_stock, 0)


@rule("上場株式等の配当（繰越控除後）", law="地方税法附則35条の2の6第4項・11項")
def listed_dividend_after_carry(
    listed_dividend_net: Yen, listed_stock_net: Yen, carryover_listed_stock: Yen
) -> Yen:
    """譲渡所得から引ききれない繰越損失を、分離課税の配当から引く."""
    left = larger(carryover_listed_stock - listed_stock_net, 0)
    return larger(listed_dividend_net - left, 0)


@rule("翌年へ繰り越す上場株式等の譲渡損失", law="地方税法附則35条の2の6第4項・11項")
def listed_loss_next(
    listed_loss_of_year: Yen, carryover_listed_stock: Yen, listed_stock_net: Yen, listed_dividend_net: Yen
) -> Yen:
    """その年の損失と、引ききれない繰越損失の合計（3年の期限切れは事実の側で除く）."""
    left = larger(carryover_listed_stock - listed_stock_net - listed_dividend_net, 0)
    return listed_loss_of_year + left


@rule("繰越控除後の所得（区分ごと）", law="地方税法32条8項・9項・313条8項・9項、附則4条・4条の2・35条の4の2")
def carried_incomes(
    aggregate_before_carry: Yen,
    land_net: Yen,
    listed_dividend_after_carry: Yen,
    general_stock_net: Yen,
    listed_stock_after_carry: Yen,
    futures_net: Yen,
    timber_before_carry: Yen,
    retirement_before_carry: Yen,
    total_income_all: Yen,
    carryover_net_loss: Yen,
    carryover_residence_loss: Yen,
    carryover_futures: Yen,
    carryover_casualty: Yen,
    residence_carry_limit: int,
) -> Yen:
    """総所得、土地5区分、配当、一般株式、上場株式、先物、山林、退職の12区分の順.

    純損失は総所得・山林・退職から、居住用の損失
    （合計所得金額3,000万円以下の年に限る）は総所得・土地・山林・退職から、
    雑損失はすべての区分から所得控除と同じ順に引く（open-questions A-2）。
    """
    _, (aggregate, timber, retirement) = absorb(
        carryover_net_loss, [aggregate_before_carry, timber_before_carry, retirement_before_carry]
    )
    residence = np.where(total_income_all <= residence_carry_limit, carryover_residence_loss, 0)
    _, (aggregate, *land, timber, retirement) = absorb(residence, [aggregate, *land_net, timber, retirement])
    futures = larger(futures_net - carryover_futures, 0)
    stocks = [listed_dividend_after_carry, general_stock_net, listed_stock_after_carry, futures]
    _, left = absorb(carryover_casualty, [aggregate, *land, *stocks, timber, retirement])
    return stack(*left)


@rule("総所得金額", law="地方税法32条1項・313条1項")
def aggregate_income(carried_incomes: Yen) -> Yen:
    """繰越控除後の総所得金額（分離課税の所得を含まない）."""
    return row(carried_incomes, AGGREGATE)


@rule("総所得金額等", law="地方税法295条・314条の2第1項・附則3条の3、附則33条の2〜35条の4の読替え")
def total_income(carried_incomes: Yen) -> Yen:
    """繰越控除後のすべての区分の合計。土地建物等は特別控除前の額による（open-questions B-1）."""
    return total(carried_incomes)
