"""翌年への繰越し: その年に引ききれない損失を、生じた年ごとに3年まで (地方税法32条8項〜・313条8項〜、附則).

年ごとの値は、翌年の「1年前・2年前・3年前に生じた分」の順。古い年の損失から使い、3年を過ぎたものは消える。
"""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, row, smaller, stack, total
from plugins.shikakeisan.engine.rule import Flag, Yen, rule
from plugins.shikakeisan.rules.absorb import carry_on
from plugins.shikakeisan.rules.loss_carry import LAND, LAND_CLASSES
from plugins.shikakeisan.rules.loss_offset import NET_LOSS, RESIDENCE_LOSS


@rule("その年に生じた純損失", law="所得税法2条1項25号・69条")
def net_loss_of_year(settled_incomes: Yen) -> Yen:
    """損益通算をしても引ききれない損失（居住用財産の特例の損失を除く）."""
    return row(settled_incomes, NET_LOSS)


@rule("繰り越せる純損失（その年分）", law="所得税法70条1項・2項、地方税法32条8項・9項・313条8項・9項")
def net_loss_to_carry(
    net_loss_of_year: Yen,
    blue_return: Flag,
    blue_deduction: Yen,
    variable_loss: Yen,
    disaster_asset_loss: Yen,
) -> Yen:
    """青色申告の年は全額、白色申告の年は変動所得の損失と被災事業用資産の損失に達するまでの額.

    青色申告特別控除を受ける者は青色申告である。
    """
    blue = blue_return | (blue_deduction > 0)
    return np.where(blue, net_loss_of_year, smaller(net_loss_of_year, variable_loss + disaster_asset_loss))


@rule("翌年へ繰り越す純損失（生じた年ごと）", law="地方税法32条8項・9項・313条8項・9項")
def net_loss_next_by_year(
    net_loss_to_carry: Yen,
    carryover_net_loss_1: Yen,
    carryover_net_loss_2: Yen,
    carryover_net_loss_3: Yen,
    aggregate_before_carry: Yen,
    timber_before_carry: Yen,
    retirement_before_carry: Yen,
    after_net_loss: Yen,
) -> Yen:
    """その年分、前年分、2年前の分の残り."""
    before = aggregate_before_carry + timber_before_carry + retirement_before_carry
    carried = [carryover_net_loss_1, carryover_net_loss_2, carryover_net_loss_3]
    return stack(*carry_on(net_loss_to_carry, carried, before - total(after_net_loss)))


@rule("翌年へ繰り越す純損失", law="地方税法32条8項・9項・313条8項・9項")
def net_loss_next(net_loss_next_by_year: Yen) -> Yen:
    """生じた年ごとの額の合計."""
    return total(net_loss_next_by_year)


@rule(
    "翌年へ繰り越す居住用財産の譲渡損失（生じた年ごと）",
    law="租税特別措置法41条の5第4項・41条の5の2第4項、地方税法附則4条・4条の2",
)
def residence_loss_next_by_year(
    settled_incomes: Yen,
    carryover_residence_loss_1: Yen,
    carryover_residence_loss_2: Yen,
    carryover_residence_loss_3: Yen,
    after_net_loss: Yen,
    land_net: Yen,
    after_residence_loss: Yen,
) -> Yen:
    """その年分、前年分、2年前の分の残り。所得の上限で引けなかった年の分も残る."""
    used = total(after_net_loss) + total(land_net) - total(after_residence_loss)
    carried = [carryover_residence_loss_1, carryover_residence_loss_2, carryover_residence_loss_3]
    return stack(*carry_on(row(settled_incomes, RESIDENCE_LOSS), carried, used))


@rule(
    "翌年へ繰り越す居住用財産の譲渡損失",
    law="租税特別措置法41条の5第4項・41条の5の2第4項、地方税法附則4条・4条の2",
)
def residence_loss_next(residence_loss_next_by_year: Yen) -> Yen:
    """生じた年ごとの額の合計."""
    return total(residence_loss_next_by_year)


@rule(
    "翌年へ繰り越す上場株式等の譲渡損失（生じた年ごと）",
    law="租税特別措置法37条の12の2第5項、地方税法附則35条の2の6",
)
def listed_loss_next_by_year(
    listed_loss_of_year: Yen,
    carryover_listed_stock_1: Yen,
    carryover_listed_stock_2: Yen,
    carryover_listed_stock_3: Yen,
    carried_listed_loss: Yen,
    listed_stock_net: Yen,
    listed_dividend_net: Yen,
) -> Yen:
    """その年分、前年分、2年前の分の残り."""
    used = smaller(carried_listed_loss, listed_stock_net + listed_dividend_net)
    carried = [carryover_listed_stock_1, carryover_listed_stock_2, carryover_listed_stock_3]
    return stack(*carry_on(listed_loss_of_year, carried, used))


@rule("翌年へ繰り越す上場株式等の譲渡損失", law="租税特別措置法37条の12の2第5項、地方税法附則35条の2の6")
def listed_loss_next(listed_loss_next_by_year: Yen) -> Yen:
    """生じた年ごとの額の合計."""
    return total(listed_loss_next_by_year)


@rule("翌年へ繰り越す先物取引の損失（生じた年ごと）", law="租税特別措置法41条の15、地方税法附則35条の4の2")
def futures_loss_next_by_year(
    futures_loss_of_year: Yen,
    carryover_futures_1: Yen,
    carryover_futures_2: Yen,
    carryover_futures_3: Yen,
    carried_futures_loss: Yen,
    futures_net: Yen,
) -> Yen:
    """その年分、前年分、2年前の分の残り."""
    carried = [carryover_futures_1, carryover_futures_2, carryover_futures_3]
    return stack(*carry_on(futures_loss_of_year, carried, smaller(carried_futures_loss, futures_net)))


@rule("翌年へ繰り越す先物取引の損失", law="租税特別措置法41条の15、地方税法附則35条の4の2")
def futures_loss_next(futures_loss_next_by_year: Yen) -> Yen:
    """生じた年ごとの額の合計."""
    return total(futures_loss_next_by_year)


@rule(
    "その年に生じた雑損失",
    law="所得税法2条1項26号・71条・87条、地方税法32条9項・34条12項・313条9項・314条の2第12項",
)
def casualty_loss_of_year(ded_casualty: Yen, carried_incomes: Yen, land_special_deduction: Yen) -> Yen:
    """雑損控除は他の控除より先に引く。すべての所得（土地の特別控除後）から引ききれない額が雑損失になる."""
    if not ded_casualty.any():
        return ded_casualty
    end = LAND + LAND_CLASSES
    land = total(larger(carried_incomes[LAND:end] - land_special_deduction, 0))
    others = total(carried_incomes[:LAND]) + total(carried_incomes[end:])
    return larger(ded_casualty - land - others, 0)


@rule("翌年へ繰り越す雑損失（生じた年ごと）", law="所得税法71条、地方税法32条9項・313条9項")
def casualty_loss_next_by_year(
    casualty_loss_of_year: Yen,
    carryover_casualty_1: Yen,
    carryover_casualty_2: Yen,
    carryover_casualty_3: Yen,
    incomes_before_casualty: Yen,
    total_income: Yen,
) -> Yen:
    """その年分、前年分、2年前の分の残り."""
    carried = [carryover_casualty_1, carryover_casualty_2, carryover_casualty_3]
    used = total(incomes_before_casualty) - total_income
    return stack(*carry_on(casualty_loss_of_year, carried, used))


@rule("翌年へ繰り越す雑損失", law="所得税法71条、地方税法32条9項・313条9項")
def casualty_loss_next(casualty_loss_next_by_year: Yen) -> Yen:
    """生じた年ごとの額の合計."""
    return total(casualty_loss_next_by_year)
