"""税額控除: 調整控除・配当控除・外国税額控除 (地方税法37条〜37条の3・314条の6〜314条の8、附則5条).

控除の順は 調整・配当・住宅・寄附・外国税額。どの控除も、残る所得割の額までしか引けない。
"""

from math import lcm

import numpy as np

from plugins.shikakeisan.engine.operations import larger, smaller, stack
from plugins.shikakeisan.engine.rounding import yen_up
from plugins.shikakeisan.engine.rule import Yen, rule
from plugins.shikakeisan.engine.values import Rate, Split


@rule("調整控除の基礎となる額", law="地方税法37条・314条の6")
def adj_base(
    taxable: Yen,
    taxable_retirement: Yen,
    taxable_timber: Yen,
    adj_diff: Yen,
    total_income_all: Yen,
    adj_boundary: int,
    adj_floor: int,
    adj_income_limit: int,
) -> Yen:
    """合計課税所得金額（総所得・退職・山林）が200万円以下なら差との少ない方、
    超えれば差から超過分を引いた額（5万円以上）.

    合計所得金額が2,500万円を超える者にはない。
    """
    base = taxable + taxable_retirement + taxable_timber
    low = smaller(adj_diff, base)
    high = larger(adj_diff - (base - adj_boundary), adj_floor)
    amount = np.where(base <= adj_boundary, low, high)
    return np.where(total_income_all <= adj_income_limit, amount, 0)


@rule("調整控除額（市）", law="地方税法314条の6")
def adj_city(adj_base: Yen, gross_city: Yen, adj_rates: Split) -> Yen:
    """基礎となる額の3％（指定都市4％）."""
    return smaller(adj_rates.city["credit"].down(adj_base), gross_city)


@rule("調整控除額（県）", law="地方税法37条")
def adj_pref(adj_base: Yen, gross_pref: Yen, adj_rates: Split) -> Yen:
    """基礎となる額の2％（指定都市1％）."""
    return smaller(adj_rates.pref["credit"].down(adj_base), gross_pref)


@rule("調整控除額", law="地方税法37条・314条の6")
def adj_total(adj_city: Yen, adj_pref: Yen) -> Yen:
    """市と県の合計."""
    return adj_city + adj_pref


@rule("調整控除後の所得割額（市）", law="地方税法314条の6")
def after_adj_city(gross_city: Yen, adj_city: Yen) -> Yen:
    """寄附金税額控除の特例控除額の限度もこの額による."""
    return gross_city - adj_city


@rule("調整控除後の所得割額（県）", law="地方税法37条")
def after_adj_pref(gross_pref: Yen, adj_pref: Yen) -> Yen:
    """寄附金税額控除の特例控除額の限度もこの額による."""
    return gross_pref - adj_pref


@rule("配当控除の判定に使う課税所得の合計", law="地方税法附則5条")
def dividend_base(
    taxable: Yen,
    taxable_land_short: Yen,
    taxable_land_short_national: Yen,
    taxable_land_long: Yen,
    taxable_land_long_quality: Yen,
    taxable_land_long_residence: Yen,
    taxable_listed_dividend: Yen,
    taxable_general_stock: Yen,
    taxable_listed_stock: Yen,
    taxable_futures: Yen,
) -> Yen:
    """課税総所得金額と分離課税の課税所得の合計。山林と退職は含まない（open-questions A-8）."""
    short = taxable_land_short + taxable_land_short_national
    long = taxable_land_long + taxable_land_long_quality + taxable_land_long_residence
    stock = taxable_listed_dividend + taxable_general_stock + taxable_listed_stock + taxable_futures
    separate: Yen = short + long + stock
    return np.add(taxable, separate)


@rule("1,000万円を超える部分の配当", law="地方税法附則5条")
def dividends_over(
    dividend_base: Yen,
    dividend_aggregate: Yen,
    dividend_trust: Yen,
    dividend_trust_foreign: Yen,
    dividend_threshold: int,
) -> Yen:
    """外貨建等証券投資信託、証券投資信託、その他の順に、1,000万円を超える部分に当てた額（三行）.

    その他だけの場合は公表例（大津市）のとおり。混ざる場合の順は所得税法92条1項2号・3号（証券投資信託の部分が
    先に低い率になる）と租税特別措置法9条にならう（open-questions A-8）。
    """
    over = larger(dividend_base - dividend_threshold, 0)
    foreign = smaller(dividend_trust_foreign, over)
    trust = smaller(dividend_trust, over - foreign)
    ordinary = smaller(dividend_aggregate, over - foreign - trust)
    return stack(foreign, trust, ordinary)


def _dividend_credit(over: Yen, foreign: Yen, trust: Yen, ordinary: Yen, rates: dict[str, Rate]) -> Yen:
    """Sum of the exact parts, the fraction of a yen rounded up once."""
    if not (foreign.any() or trust.any() or ordinary.any()):
        return ordinary
    parts = [
        (over[0], rates["foreign_over"]),
        (foreign - over[0], rates["foreign"]),
        (over[1], rates["trust_over"]),
        (trust - over[1], rates["trust"]),
        (over[2], rates["ordinary_over"]),
        (ordinary - over[2], rates["ordinary"]),
    ]
    common = lcm(*(rate.denominator for _, rate in parts))
    products = [amount * rate.numerator * (common // rate.denominator) for amount, rate in parts]
    return yen_up(sum(products[1:], start=products[0]), common)


@rule("配当控除額（市）", law="地方税法附則5条3項")
def dividend_credit_city(
    dividends_over: Yen,
    dividend_trust_foreign: Yen,
    dividend_trust: Yen,
    dividend_aggregate: Yen,
    after_adj_city: Yen,
    dividend_rates: Split,
) -> Yen:
    """配当の種類ごとの率（1,000万円を超える部分は半分）を乗じた額。1円未満切上げ（open-questions A-9）."""
    credit = _dividend_credit(
        dividends_over, dividend_trust_foreign, dividend_trust, dividend_aggregate, dict(dividend_rates.city)
    )
    return smaller(credit, after_adj_city)


@rule("配当控除額（県）", law="地方税法附則5条1項")
def dividend_credit_pref(
    dividends_over: Yen,
    dividend_trust_foreign: Yen,
    dividend_trust: Yen,
    dividend_aggregate: Yen,
    after_adj_pref: Yen,
    dividend_rates: Split,
) -> Yen:
    """市と同じ計算を県の率で行う."""
    credit = _dividend_credit(
        dividends_over, dividend_trust_foreign, dividend_trust, dividend_aggregate, dict(dividend_rates.pref)
    )
    return smaller(credit, after_adj_pref)


@rule("配当控除後の所得割額（市）", law="地方税法附則5条")
def after_dividend_city(after_adj_city: Yen, dividend_credit_city: Yen) -> Yen:
    """住宅借入金等特別税額控除の前の額."""
    return after_adj_city - dividend_credit_city


@rule("配当控除後の所得割額（県）", law="地方税法附則5条")
def after_dividend_pref(after_adj_pref: Yen, dividend_credit_pref: Yen) -> Yen:
    """住宅借入金等特別税額控除の前の額."""
    return after_adj_pref - dividend_credit_pref


@rule("外国税額控除額（県）", law="地方税法37条の3、同施行令7条の19第3項")
def foreign_credit_pref(
    foreign_tax_unused: Yen, foreign_tax_it_limit: Yen, after_donation_pref: Yen, foreign_rates: Split
) -> Yen:
    """所得税で引ききれない外国税額を、所得税の限度額の12％（指定都市の県6％）まで、県から先に引く."""
    limit = foreign_rates.pref["limit"].down(foreign_tax_it_limit)
    return smaller(smaller(foreign_tax_unused, limit), after_donation_pref)


@rule("外国税額控除額（市）", law="地方税法314条の8、同施行令48条の9の2第4項")
def foreign_credit_city(
    foreign_tax_unused: Yen,
    foreign_tax_it_limit: Yen,
    after_donation_city: Yen,
    foreign_rates: Split,
) -> Yen:
    """県の限度額を超える外国税額を、所得税の限度額の18％（指定都市24％）まで引く."""
    pref_limit = foreign_rates.pref["limit"].down(foreign_tax_it_limit)
    left = larger(foreign_tax_unused - pref_limit, 0)
    limit = foreign_rates.city["limit"].down(foreign_tax_it_limit)
    return smaller(smaller(left, limit), after_donation_city)


@rule("税額控除後の所得割額（市）", law="地方税法314条の8")
def after_credits_city(after_donation_city: Yen, foreign_credit_city: Yen) -> Yen:
    """調整措置の前の所得割額."""
    return after_donation_city - foreign_credit_city


@rule("税額控除後の所得割額（県）", law="地方税法37条の3")
def after_credits_pref(after_donation_pref: Yen, foreign_credit_pref: Yen) -> Yen:
    """調整措置の前の所得割額."""
    return after_donation_pref - foreign_credit_pref
