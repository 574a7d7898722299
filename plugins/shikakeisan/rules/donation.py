"""寄附金税額控除: 基本分・特例控除（ふるさと納税）・申告特例控除 (地方税法37条の2・314条の7、
附則5条の5〜7条の2)."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, smaller
from plugins.shikakeisan.engine.rounding import yen_up
from plugins.shikakeisan.engine.rule import Flag, Yen, rule
from plugins.shikakeisan.engine.values import Rate, Split, Table

NUMERATOR, DENOMINATOR = 0, 1


@rule(
    "人的控除差調整額のうち所得税の基礎控除の引上げ分",
    law="地方税法37条の2第11項・314条の7第11項（令和8年度分から）",
)
def it_basic_excess(total_income_all: Yen, it_basic_deduction: Table, it_basic_floor: int) -> Yen:
    """所得税の基礎控除額から48万円を引いた額（公表例: 大阪市・令和8年度）."""
    return larger(it_basic_deduction(total_income_all) - it_basic_floor, 0)


@rule("特例控除の割合を決める額", law="地方税法37条の2第11項・314条の7第11項")
def special_base(taxable: Yen, adj_diff: Yen, it_basic_excess: Yen) -> Yen:
    """課税総所得金額から人的控除差調整額を引いた額（負になることがある）."""
    return taxable - adj_diff - it_basic_excess


@rule(
    "総合課税の所得がないとき等の特例控除の割合",
    law="地方税法37条の2第11項2号・3号・314条の7第11項、附則5条の5",
)
def special_rate_other(
    taxable_land_short: Yen,
    taxable_land_short_national: Yen,
    taxable_land_long: Yen,
    taxable_land_long_quality: Yen,
    taxable_land_long_residence: Yen,
    taxable_listed_dividend: Yen,
    taxable_general_stock: Yen,
    taxable_listed_stock: Yen,
    taxable_futures: Yen,
    taxable_timber: Yen,
    taxable_retirement: Yen,
    special_rates: Table,
    special_other: dict[str, int],
) -> Yen:
    """ある所得の割合のうち最も低いもの: 短期一般59.37％、その他の分離74.685％、山林は5分の1で、
    退職はそのままで表による.

    どれもなければ90％。短期（国等）を74.685％とする読みは open-questions A-7。
    """
    long = taxable_land_long + taxable_land_long_quality + taxable_land_long_residence
    stock = taxable_listed_dividend + taxable_general_stock + taxable_listed_stock + taxable_futures
    separate = long + stock + taxable_land_short_national
    lowest = np.full(1, special_other["none"])
    lowest = np.where(separate > 0, smaller(lowest, special_other["separate"]), lowest)
    lowest = np.where(taxable_land_short > 0, smaller(lowest, special_other["short"]), lowest)
    timber = special_rates(taxable_timber // special_other["timber_divisor"])
    lowest = np.where(taxable_timber > 0, smaller(lowest, timber), lowest)
    return np.where(taxable_retirement > 0, smaller(lowest, special_rates(taxable_retirement)), lowest)


@rule("特例控除の割合（十万分率）", law="地方税法37条の2第11項・314条の7第11項、附則5条の6", unit="番号")
def donation_special_rate(
    taxable: Yen, special_base: Yen, special_rate_other: Yen, special_rates: Table
) -> Yen:
    """90％から所得税の限界税率（復興特別所得税を含む）を引いた割合."""
    by_table = (taxable > 0) & (special_base >= 0)
    return np.where(by_table, special_rates(special_base), special_rate_other)


@rule("特例控除の対象額", law="地方税法37条の2第11項・314条の7第11項")
def special_amount(donation_furusato: Yen, donation_floor: int) -> Yen:
    """都道府県・市区町村への特例控除対象寄附金から2千円を引いた額."""
    return larger(donation_furusato - donation_floor, 0)


@rule("寄附金の上限", law="地方税法37条の2第1項・314条の7第1項")
def donation_ceiling(total_income: Yen, donation_limit: Rate) -> Yen:
    """総所得金額等の30％."""
    return donation_limit.down(total_income)


def _one_stop(uncapped: Yen, unit: int, cap: Yen, numerator: Yen, denominator: Yen) -> Yen:
    """Rate of the 特例控除額 as an exact fraction over ``unit``, not above the cap, rounded up once.

    Whole yen and the fraction are multiplied apart, so that the product stays within 64 bits.
    """
    exact = smaller(uncapped, cap * unit)
    whole, rest = exact // unit, exact % unit
    return yen_up(whole * numerator + yen_up(rest * numerator, unit), denominator)


@rule("寄附金税額控除（基本分、市）", law="地方税法314条の7第1項")
def donation_basic_city(
    donation_furusato: Yen,
    donation_other: Yen,
    donation_city_only: Yen,
    donation_ceiling: Yen,
    donation_floor: int,
    donation_rates: Split,
) -> Yen:
    """市の控除の対象となる寄附金（総所得金額等の30％まで）から2千円を引いた額に率を乗じる。1円未満切上げ."""
    gifts = smaller(donation_furusato + donation_other + donation_city_only, donation_ceiling)
    return donation_rates.city["credit"].up(larger(gifts - donation_floor, 0))


@rule("特例控除額（限度前、市）", law="地方税法314条の7第11項")
def donation_special_uncapped_city(
    special_amount: Yen, donation_special_rate: Yen, special_other: dict[str, int], special_share: Split
) -> Yen:
    """対象額に割合と市の持分を乗じた額。1円未満切上げ."""
    share = special_share.city["credit"]
    exact = special_amount * donation_special_rate * share.numerator
    return yen_up(exact, special_other["unit"] * share.denominator)


@rule("特例控除額の限度（市）", law="地方税法314条の7第11項")
def donation_cap_city(
    after_adj_city: Yen,
    taxable: Yen,
    taxable_timber: Yen,
    taxable_retirement: Yen,
    levy_exempt: Flag,
    levy_rates: Split,
    standard_rates: Split,
    special_cap: Rate,
) -> Yen:
    """調整控除後の所得割額の20％。超過税率の団体でも標準税率による額で計算する（open-questions A-13）."""
    base = after_adj_city
    for amount, name in ((taxable, "total"), (taxable_timber, "timber"), (taxable_retirement, "retirement")):
        own, standard = levy_rates.city[name], standard_rates.city[name]
        if own != standard:
            base = base + np.where(levy_exempt, 0, standard.down(amount) - own.down(amount))
    return special_cap.up(larger(base, 0))


@rule("特例控除額（市）", law="地方税法314条の7第11項")
def donation_special_city(donation_special_uncapped_city: Yen, donation_cap_city: Yen) -> Yen:
    """限度を適用した額."""
    return smaller(donation_special_uncapped_city, donation_cap_city)


@rule("申告特例控除額（市）", law="地方税法附則7条の2第5項")
def one_stop_city(
    one_stop: Flag,
    special_amount: Yen,
    donation_special_rate: Yen,
    donation_cap_city: Yen,
    special_base: Yen,
    taxable: Yen,
    special_other: dict[str, int],
    special_share: Split,
    one_stop_rates: Table,
) -> Yen:
    """ワンストップ特例: 限度後の特例控除額（端数を切り上げる前の額）に、所得税の控除に当たる割合を乗じる.

    端数は最後に一度だけ切り上げる（open-questions A-14）。
    """
    share = special_share.city["credit"]
    numerator, denominator = (one_stop_rates(special_base, part) for part in (NUMERATOR, DENOMINATOR))
    exact = special_amount * donation_special_rate * share.numerator
    unit = special_other["unit"] * share.denominator
    credit = _one_stop(exact, unit, donation_cap_city, numerator, denominator)
    return np.where(one_stop & (taxable > 0) & (special_base >= 0), credit, 0)


@rule("寄附金税額控除額（市）", law="地方税法314条の7")
def donation_credit_city(
    donation_basic_city: Yen, donation_special_city: Yen, one_stop_city: Yen, after_housing_city: Yen
) -> Yen:
    """三つの控除の合計。残る所得割額まで."""
    return smaller(donation_basic_city + donation_special_city + one_stop_city, after_housing_city)


@rule("寄附金控除後の所得割額（市）", law="地方税法314条の7")
def after_donation_city(after_housing_city: Yen, donation_credit_city: Yen) -> Yen:
    """外国税額控除の前の額."""
    return after_housing_city - donation_credit_city


@rule("寄附金税額控除（基本分、県）", law="地方税法37条の2第1項")
def donation_basic_pref(
    donation_furusato: Yen,
    donation_other: Yen,
    donation_pref_only: Yen,
    donation_ceiling: Yen,
    donation_floor: int,
    donation_rates: Split,
) -> Yen:
    """県の控除の対象となる寄附金（総所得金額等の30％まで）から2千円を引いた額に率を乗じる。1円未満切上げ."""
    gifts = smaller(donation_furusato + donation_other + donation_pref_only, donation_ceiling)
    return donation_rates.pref["credit"].up(larger(gifts - donation_floor, 0))


@rule("特例控除額（限度前、県）", law="地方税法37条の2第11項")
def donation_special_uncapped_pref(
    special_amount: Yen, donation_special_rate: Yen, special_other: dict[str, int], special_share: Split
) -> Yen:
    """対象額に割合と県の持分を乗じた額。1円未満切上げ."""
    share = special_share.pref["credit"]
    exact = special_amount * donation_special_rate * share.numerator
    return yen_up(exact, special_other["unit"] * share.denominator)


@rule("特例控除額の限度（県）", law="地方税法37条の2第11項")
def donation_cap_pref(
    after_adj_pref: Yen,
    taxable: Yen,
    taxable_timber: Yen,
    taxable_retirement: Yen,
    levy_exempt: Flag,
    levy_rates: Split,
    standard_rates: Split,
    special_cap: Rate,
) -> Yen:
    """調整控除後の所得割額の20％。超過税率の団体でも標準税率による額で計算する（open-questions A-13）."""
    base = after_adj_pref
    for amount, name in ((taxable, "total"), (taxable_timber, "timber"), (taxable_retirement, "retirement")):
        own, standard = levy_rates.pref[name], standard_rates.pref[name]
        if own != standard:
            base = base + np.where(levy_exempt, 0, standard.down(amount) - own.down(amount))
    return special_cap.up(larger(base, 0))


@rule("特例控除額（県）", law="地方税法37条の2第11項")
def donation_special_pref(donation_special_uncapped_pref: Yen, donation_cap_pref: Yen) -> Yen:
    """限度を適用した額."""
    return smaller(donation_special_uncapped_pref, donation_cap_pref)


@rule("申告特例控除額（県）", law="地方税法附則7条の2第4項")
def one_stop_pref(
    one_stop: Flag,
    special_amount: Yen,
    donation_special_rate: Yen,
    donation_cap_pref: Yen,
    special_base: Yen,
    taxable: Yen,
    special_other: dict[str, int],
    special_share: Split,
    one_stop_rates: Table,
) -> Yen:
    """ワンストップ特例: 限度後の特例控除額（端数を切り上げる前の額）に、所得税の控除に当たる割合を乗じる.

    端数は最後に一度だけ切り上げる（open-questions A-14）。
    """
    share = special_share.pref["credit"]
    numerator, denominator = (one_stop_rates(special_base, part) for part in (NUMERATOR, DENOMINATOR))
    exact = special_amount * donation_special_rate * share.numerator
    unit = special_other["unit"] * share.denominator
    credit = _one_stop(exact, unit, donation_cap_pref, numerator, denominator)
    return np.where(one_stop & (taxable > 0) & (special_base >= 0), credit, 0)


@rule("寄附金税額控除額（県）", law="地方税法37条の2")
def donation_credit_pref(
    donation_basic_pref: Yen, donation_special_pref: Yen, one_stop_pref: Yen, after_housing_pref: Yen
) -> Yen:
    """三つの控除の合計。残る所得割額まで."""
    return smaller(donation_basic_pref + donation_special_pref + one_stop_pref, after_housing_pref)


@rule("寄附金控除後の所得割額（県）", law="地方税法37条の2")
def after_donation_pref(after_housing_pref: Yen, donation_credit_pref: Yen) -> Yen:
    """外国税額控除の前の額."""
    return after_housing_pref - donation_credit_pref


@rule("寄附金税額控除（基本分）", law="地方税法37条の2・314条の7")
def donation_basic(donation_basic_city: Yen, donation_basic_pref: Yen) -> Yen:
    """市と県の合計."""
    return donation_basic_city + donation_basic_pref


@rule("特例控除額", law="地方税法37条の2第11項・314条の7第11項")
def donation_special(donation_special_city: Yen, donation_special_pref: Yen) -> Yen:
    """市と県の合計."""
    return donation_special_city + donation_special_pref
