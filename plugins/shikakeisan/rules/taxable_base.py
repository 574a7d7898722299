"""課税標準額: 所得控除を引く順序と千円未満の切捨て (地方税法34条・314条の2、附則33条の2〜35条の4)."""

from plugins.shikakeisan.engine.operations import larger, row, stack
from plugins.shikakeisan.engine.rounding import down_to_1000
from plugins.shikakeisan.engine.rule import Yen, rule
from plugins.shikakeisan.rules.absorb import absorb
from plugins.shikakeisan.rules.loss_carry import AGGREGATE, LAND, LAND_CLASSES


@rule("土地建物等の特別控除額（区分ごと）", law="租税特別措置法33条の4〜35条の3、地方税法附則34条・35条")
def land_special_deduction(
    land_short_special_deduction: Yen,
    land_short_national_special_deduction: Yen,
    land_long_special_deduction: Yen,
    land_long_quality_special_deduction: Yen,
    land_long_residence_special_deduction: Yen,
) -> Yen:
    """五つの区分の特別控除額。通算後の黒字から引く."""
    short = [land_short_special_deduction, land_short_national_special_deduction]
    long = [
        land_long_special_deduction,
        land_long_quality_special_deduction,
        land_long_residence_special_deduction,
    ]
    return stack(*short, *long)


@rule("所得控除後の金額（区分ごと）", law="地方税法34条12項・314条の2第12項、附則33条の2〜35条の4の読替え")
def after_deductions(carried_incomes: Yen, land_special_deduction: Yen, ded_total: Yen) -> Yen:
    """所得控除を、
    総所得・短期一般・短期国等・長期一般・優良・居住用・配当・一般株式・上場株式・先物・山林・退職の順に引く.

    総所得金額から引ききれない控除を分離課税の所得から引く順は open-questions A-2。
    """
    land_end = LAND + LAND_CLASSES
    land = larger(carried_incomes[LAND:land_end] - land_special_deduction, 0)
    left, (aggregate,) = absorb(ded_total, [row(carried_incomes, AGGREGATE)])
    _, separate = absorb(left, [*land, *carried_incomes[land_end:]])
    return stack(aggregate, *separate)


@rule("課税総所得金額", law="地方税法35条1項・314条の3第1項、20条の4の2第1項")
def taxable(after_deductions: Yen) -> Yen:
    """総所得金額から所得控除を引き、千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, AGGREGATE))


@rule("課税短期譲渡（一般）", law="地方税法附則35条1項・5項、20条の4の2第1項")
def taxable_land_short(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 1))


@rule("課税短期譲渡（国等）", law="地方税法附則35条3項・7項、20条の4の2第1項")
def taxable_land_short_national(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 2))


@rule("課税長期譲渡（一般）", law="地方税法附則34条1項・4項、20条の4の2第1項")
def taxable_land_long(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 3))


@rule("課税長期譲渡（優良住宅地等）", law="地方税法附則34条の2、20条の4の2第1項")
def taxable_land_long_quality(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 4))


@rule("課税長期譲渡（居住用）", law="地方税法附則34条の3、20条の4の2第1項")
def taxable_land_long_residence(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 5))


@rule("上場株式等に係る課税配当所得等", law="地方税法附則33条の2第1項・5項、20条の4の2第1項")
def taxable_listed_dividend(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 6))


@rule("一般株式等に係る課税譲渡所得等", law="地方税法附則35条の2第1項・5項、20条の4の2第1項")
def taxable_general_stock(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 7))


@rule("上場株式等に係る課税譲渡所得等", law="地方税法附則35条の2の2、20条の4の2第1項")
def taxable_listed_stock(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 8))


@rule("先物取引に係る課税雑所得等", law="地方税法附則35条の4、20条の4の2第1項")
def taxable_futures(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 9))


@rule("課税山林所得金額", law="地方税法35条1項・314条の3第1項、20条の4の2第1項")
def taxable_timber(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 10))


@rule("課税退職所得金額", law="地方税法35条1項・314条の3第1項、20条の4の2第1項")
def taxable_retirement(after_deductions: Yen) -> Yen:
    """所得控除の残りを引き、区分ごとに千円未満を切り捨てた額."""
    return down_to_1000(row(after_deductions, 11))
