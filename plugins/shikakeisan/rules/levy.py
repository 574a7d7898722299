"""算出所得割額: 区分ごとの税率、市と県それぞれ一円未満切捨て (地方税法35条・314条の3、附則33条の2〜35条の4).

税率は標準税率による。指定都市は市8％・県2％（平成30年度分から）。条例で違う率を定める団体はその率による。
"""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, smaller
from plugins.shikakeisan.engine.rule import Flag, Yen, rule
from plugins.shikakeisan.engine.values import Rate, Split


def _tiered(amount: Yen, low: Rate, high: Rate, threshold: int) -> Yen:
    """Levy of a class whose rate is lower up to a threshold."""
    return low.down(smaller(amount, threshold)) + high.down(larger(amount - threshold, 0))


@rule("算出所得割額（総所得、市）", law="地方税法35条1項・314条の3第1項")
def gross_city_aggregate(taxable: Yen, levy_rates: Split) -> Yen:
    """課税総所得金額に税率を乗じた額."""
    return levy_rates.city["total"].down(taxable)


@rule("算出所得割額（短期一般、市）", law="地方税法附則35条1項・5項")
def gross_city_land_short(taxable_land_short: Yen, levy_rates: Split) -> Yen:
    """課税短期譲渡（一般）に税率を乗じた額."""
    return levy_rates.city["short"].down(taxable_land_short)


@rule("算出所得割額（短期国等、市）", law="地方税法附則35条3項・7項")
def gross_city_land_short_national(taxable_land_short_national: Yen, levy_rates: Split) -> Yen:
    """課税短期譲渡（国等）に税率を乗じた額."""
    return levy_rates.city["short_national"].down(taxable_land_short_national)


@rule("算出所得割額（長期一般、市）", law="地方税法附則34条1項・4項")
def gross_city_land_long(taxable_land_long: Yen, levy_rates: Split) -> Yen:
    """課税長期譲渡（一般）に税率を乗じた額."""
    return levy_rates.city["long"].down(taxable_land_long)


@rule("算出所得割額（優良住宅地等、市）", law="地方税法附則34条の2")
def gross_city_land_long_quality(
    taxable_land_long_quality: Yen, levy_rates: Split, quality_threshold: int
) -> Yen:
    """範囲の額までは軽減税率、超える部分は長期一般の税率."""
    rates = levy_rates.city
    return _tiered(taxable_land_long_quality, rates["quality_low"], rates["quality_high"], quality_threshold)


@rule("算出所得割額（居住用、市）", law="地方税法附則34条の3")
def gross_city_land_long_residence(
    taxable_land_long_residence: Yen, levy_rates: Split, residence_threshold: int
) -> Yen:
    """範囲の額までは軽減税率、超える部分は長期一般の税率."""
    rates = levy_rates.city
    return _tiered(
        taxable_land_long_residence, rates["residence_low"], rates["residence_high"], residence_threshold
    )


@rule("算出所得割額（上場配当、市）", law="地方税法附則33条の2第1項・5項")
def gross_city_listed_dividend(taxable_listed_dividend: Yen, levy_rates: Split) -> Yen:
    """上場株式等に係る課税配当所得等に税率を乗じた額."""
    return levy_rates.city["listed_dividend"].down(taxable_listed_dividend)


@rule("算出所得割額（一般株式、市）", law="地方税法附則35条の2第1項・5項")
def gross_city_general_stock(taxable_general_stock: Yen, levy_rates: Split) -> Yen:
    """一般株式等に係る課税譲渡所得等に税率を乗じた額."""
    return levy_rates.city["general_stock"].down(taxable_general_stock)


@rule("算出所得割額（上場株式、市）", law="地方税法附則35条の2の2")
def gross_city_listed_stock(taxable_listed_stock: Yen, levy_rates: Split) -> Yen:
    """上場株式等に係る課税譲渡所得等に税率を乗じた額."""
    return levy_rates.city["listed_stock"].down(taxable_listed_stock)


@rule("算出所得割額（先物、市）", law="地方税法附則35条の4")
def gross_city_futures(taxable_futures: Yen, levy_rates: Split) -> Yen:
    """先物取引に係る課税雑所得等に税率を乗じた額."""
    return levy_rates.city["futures"].down(taxable_futures)


@rule("算出所得割額（山林、市）", law="地方税法35条1項・314条の3第1項")
def gross_city_timber(taxable_timber: Yen, levy_rates: Split) -> Yen:
    """課税山林所得金額に税率を乗じた額."""
    return levy_rates.city["timber"].down(taxable_timber)


@rule("算出所得割額（退職、市）", law="地方税法35条1項・314条の3第1項")
def gross_city_retirement(taxable_retirement: Yen, levy_rates: Split) -> Yen:
    """課税退職所得金額に税率を乗じた額."""
    return levy_rates.city["retirement"].down(taxable_retirement)


@rule("算出所得割額（市）", law="地方税法314条の3")
def gross_city(
    levy_exempt: Flag,
    gross_city_aggregate: Yen,
    gross_city_land_short: Yen,
    gross_city_land_short_national: Yen,
    gross_city_land_long: Yen,
    gross_city_land_long_quality: Yen,
    gross_city_land_long_residence: Yen,
    gross_city_listed_dividend: Yen,
    gross_city_general_stock: Yen,
    gross_city_listed_stock: Yen,
    gross_city_futures: Yen,
    gross_city_timber: Yen,
    gross_city_retirement: Yen,
) -> Yen:
    """区分ごとの額の合計。所得割が非課税の者は0."""
    land = (
        gross_city_land_short
        + gross_city_land_short_national
        + gross_city_land_long
        + gross_city_land_long_quality
        + gross_city_land_long_residence
    )
    stock = (
        gross_city_listed_dividend + gross_city_general_stock + gross_city_listed_stock + gross_city_futures
    )
    full = gross_city_aggregate + land + stock + gross_city_timber + gross_city_retirement
    return np.where(levy_exempt, 0, full)


@rule("算出所得割額（総所得、県）", law="地方税法35条1項・314条の3第1項")
def gross_pref_aggregate(taxable: Yen, levy_rates: Split) -> Yen:
    """課税総所得金額に税率を乗じた額."""
    return levy_rates.pref["total"].down(taxable)


@rule("算出所得割額（短期一般、県）", law="地方税法附則35条1項・5項")
def gross_pref_land_short(taxable_land_short: Yen, levy_rates: Split) -> Yen:
    """課税短期譲渡（一般）に税率を乗じた額."""
    return levy_rates.pref["short"].down(taxable_land_short)


@rule("算出所得割額（短期国等、県）", law="地方税法附則35条3項・7項")
def gross_pref_land_short_national(taxable_land_short_national: Yen, levy_rates: Split) -> Yen:
    """課税短期譲渡（国等）に税率を乗じた額."""
    return levy_rates.pref["short_national"].down(taxable_land_short_national)


@rule("算出所得割額（長期一般、県）", law="地方税法附則34条1項・4項")
def gross_pref_land_long(taxable_land_long: Yen, levy_rates: Split) -> Yen:
    """課税長期譲渡（一般）に税率を乗じた額."""
    return levy_rates.pref["long"].down(taxable_land_long)


@rule("算出所得割額（優良住宅地等、県）", law="地方税法附則34条の2")
def gross_pref_land_long_quality(
    taxable_land_long_quality: Yen, levy_rates: Split, quality_threshold: int
) -> Yen:
    """範囲の額までは軽減税率、超える部分は長期一般の税率."""
    rates = levy_rates.pref
    return _tiered(taxable_land_long_quality, rates["quality_low"], rates["quality_high"], quality_threshold)


@rule("算出所得割額（居住用、県）", law="地方税法附則34条の3")
def gross_pref_land_long_residence(
    taxable_land_long_residence: Yen, levy_rates: Split, residence_threshold: int
) -> Yen:
    """範囲の額までは軽減税率、超える部分は長期一般の税率."""
    rates = levy_rates.pref
    return _tiered(
        taxable_land_long_residence, rates["residence_low"], rates["residence_high"], residence_threshold
    )


@rule("算出所得割額（上場配当、県）", law="地方税法附則33条の2第1項・5項")
def gross_pref_listed_dividend(taxable_listed_dividend: Yen, levy_rates: Split) -> Yen:
    """上場株式等に係る課税配当所得等に税率を乗じた額."""
    return levy_rates.pref["listed_dividend"].down(taxable_listed_dividend)


@rule("算出所得割額（一般株式、県）", law="地方税法附則35条の2第1項・5項")
def gross_pref_general_stock(taxable_general_stock: Yen, levy_rates: Split) -> Yen:
    """一般株式等に係る課税譲渡所得等に税率を乗じた額."""
    return levy_rates.pref["general_stock"].down(taxable_general_stock)


@rule("算出所得割額（上場株式、県）", law="地方税法附則35条の2の2")
def gross_pref_listed_stock(taxable_listed_stock: Yen, levy_rates: Split) -> Yen:
    """上場株式等に係る課税譲渡所得等に税率を乗じた額."""
    return levy_rates.pref["listed_stock"].down(taxable_listed_stock)


@rule("算出所得割額（先物、県）", law="地方税法附則35条の4")
def gross_pref_futures(taxable_futures: Yen, levy_rates: Split) -> Yen:
    """先物取引に係る課税雑所得等に税率を乗じた額."""
    return levy_rates.pref["futures"].down(taxable_futures)


@rule("算出所得割額（山林、県）", law="地方税法35条1項・314条の3第1項")
def gross_pref_timber(taxable_timber: Yen, levy_rates: Split) -> Yen:
    """課税山林所得金額に税率を乗じた額."""
    return levy_rates.pref["timber"].down(taxable_timber)


@rule("算出所得割額（退職、県）", law="地方税法35条1項・314条の3第1項")
def gross_pref_retirement(taxable_retirement: Yen, levy_rates: Split) -> Yen:
    """課税退職所得金額に税率を乗じた額."""
    return levy_rates.pref["retirement"].down(taxable_retirement)


@rule("算出所得割額（県）", law="地方税法35条")
def gross_pref(
    levy_exempt: Flag,
    gross_pref_aggregate: Yen,
    gross_pref_land_short: Yen,
    gross_pref_land_short_national: Yen,
    gross_pref_land_long: Yen,
    gross_pref_land_long_quality: Yen,
    gross_pref_land_long_residence: Yen,
    gross_pref_listed_dividend: Yen,
    gross_pref_general_stock: Yen,
    gross_pref_listed_stock: Yen,
    gross_pref_futures: Yen,
    gross_pref_timber: Yen,
    gross_pref_retirement: Yen,
) -> Yen:
    """区分ごとの額の合計。所得割が非課税の者は0."""
    land = (
        gross_pref_land_short
        + gross_pref_land_short_national
        + gross_pref_land_long
        + gross_pref_land_long_quality
        + gross_pref_land_long_residence
    )
    stock = (
        gross_pref_listed_dividend + gross_pref_general_stock + gross_pref_listed_stock + gross_pref_futures
    )
    full = gross_pref_aggregate + land + stock + gross_pref_timber + gross_pref_retirement
    return np.where(levy_exempt, 0, full)
