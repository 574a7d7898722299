"""住宅借入金等特別税額控除 (地方税法附則5条の4の2): 所得税から引ききれない額を住民税から引く."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, smaller
from plugins.shikakeisan.engine.rounding import yen_down
from plugins.shikakeisan.engine.rule import Flag, Yen, rule
from plugins.shikakeisan.engine.values import Rate, Split, Table

SPECIFIED_RATE, OTHER_RATE, ADDS_BASIC = 0, 2, 4


@rule("所得税から引ききれない住宅ローン控除額", law="地方税法附則5条の4の2第1項1号・2号")
def it_leftover(housing_loan_available: Yen, housing_loan_it_tax: Yen) -> Yen:
    """控除可能額から、前年分の所得税額（控除前）を引いた額."""
    return larger(housing_loan_available - housing_loan_it_tax, 0)


@rule("所得税の基礎控除額のうち48万円を超える額", law="地方税法附則5条の4の2（令和8年度分から）")
def housing_basic_excess(
    housing_loan_move_in: Yen,
    housing_loan_it_basic: Yen,
    total_income_all: Yen,
    housing_periods: Table,
    it_basic_deduction: Table,
    it_basic_floor: int,
) -> Yen:
    """所得税の基礎控除の引上げで課税総所得金額等が減る分を、限度額の計算で足し戻す額.

    平成28年から令和7年までに入居した者に限るという読みは第三者の資料による（open-questions B-4）。
    """
    stated = np.where(housing_loan_it_basic > 0, housing_loan_it_basic, it_basic_deduction(total_income_all))
    return larger(stated - it_basic_floor, 0) * housing_periods(housing_loan_move_in, ADDS_BASIC)


@rule("住宅借入金等特別税額控除の限度額", law="地方税法附則5条の4の2第1項・5項")
def housing_cap(
    housing_loan_move_in: Yen,
    housing_loan_specified_acquisition: Flag,
    housing_loan_it_taxable: Yen,
    housing_basic_excess: Yen,
    housing_periods: Table,
) -> Yen:
    """所得税の課税総所得金額等の5％（97,500円まで）、特定取得等は7％（136,500円まで）.

    平成19年と20年に入居した者は所得税の特例（15年）だけがあり、住民税の控除はない。
    平成18年までに入居した者の控除期間は、どの年度でも終わっている。
    """
    table, base = housing_periods, housing_loan_it_taxable + housing_basic_excess
    when = table.row(housing_loan_move_in)
    ordinary = _limit(table, when, base, OTHER_RATE)
    special = _limit(table, when, base, SPECIFIED_RATE)
    return np.where(housing_loan_specified_acquisition, special, ordinary)


def _limit(table: Table, when: Yen, base: Yen, column: int) -> Yen:
    """The rate of a column times the base, up to the amount in the next column."""
    share = yen_down(base * table.pick(when, column), table.denominators[column])
    return smaller(share, table.pick(when, column + 1))


@rule("住宅借入金等特別税額控除額", law="地方税法附則5条の4の2第1項・5項")
def housing_credit(it_leftover: Yen, housing_cap: Yen) -> Yen:
    """引ききれない額と限度額の少ない方（市と県の合計）."""
    return smaller(it_leftover, housing_cap)


def _share(credit: Yen, share: Rate, levy: Yen) -> Yen:
    return smaller(share.up(credit), levy)


@rule("住宅借入金等特別税額控除額（市）", law="地方税法附則5条の4の2第5項")
def housing_credit_city(housing_credit: Yen, after_dividend_city: Yen, housing_share: Split) -> Yen:
    """5分の3（指定都市5分の4）。1円未満切上げ（open-questions A-9）."""
    return _share(housing_credit, housing_share.city["credit"], after_dividend_city)


@rule("住宅借入金等特別税額控除額（県）", law="地方税法附則5条の4の2第1項")
def housing_credit_pref(housing_credit: Yen, after_dividend_pref: Yen, housing_share: Split) -> Yen:
    """5分の2（指定都市5分の1）。1円未満切上げ（open-questions A-9）."""
    return _share(housing_credit, housing_share.pref["credit"], after_dividend_pref)


@rule("住宅控除後の所得割額（市）", law="地方税法附則5条の4の2第5項")
def after_housing_city(after_dividend_city: Yen, housing_credit_city: Yen) -> Yen:
    """寄附金税額控除の前の額."""
    return after_dividend_city - housing_credit_city


@rule("住宅控除後の所得割額（県）", law="地方税法附則5条の4の2第1項")
def after_housing_pref(after_dividend_pref: Yen, housing_credit_pref: Yen) -> Yen:
    """寄附金税額控除の前の額."""
    return after_dividend_pref - housing_credit_pref
