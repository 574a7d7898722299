"""均等割・森林環境税・年税額・減免 (地方税法38条・310条・323条、森林環境税及び森林環境譲与税に関する法律)."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger
from plugins.shikakeisan.engine.rounding import down_to_100
from plugins.shikakeisan.engine.rule import Flag, Yen, rule


@rule("均等割を課する数", law="地方税法294条1項2号・737条", unit="人")
def percap_count(percap_exempt: Flag, house_only: Flag, house_wards: Yen) -> Yen:
    """住所のある者は一つ。家屋敷・事務所だけの者は一つ、指定都市ではその区の数だけ課する。非課税の者は0.

    指定都市の区は一の市とみなすので、住所のある者も、別の区に家屋敷等があればその区の数を加える。
    """
    own = np.where(house_only, larger(house_wards, 1), house_wards + 1)
    return np.where(percap_exempt, 0, own)


@rule("均等割額（市）", law="地方税法310条・737条")
def percap_city(percap_count: Yen, percap_standard: dict[str, int], percap_city_surtax: int) -> Yen:
    """標準税率に条例の上乗せ（又は引下げ）を加えた額."""
    return percap_count * (percap_standard["city"] + percap_city_surtax)


@rule("均等割額（県）", law="地方税法38条・737条")
def percap_pref(percap_count: Yen, percap_standard: dict[str, int], percap_pref_surtax: int) -> Yen:
    """標準税率に県の条例の上乗せを加えた額."""
    return percap_count * (percap_standard["pref"] + percap_pref_surtax)


@rule("均等割額", law="地方税法38条・310条")
def percap_total(percap_city: Yen, percap_pref: Yen) -> Yen:
    """市と県の合計（森林環境税を含まない）."""
    return percap_city + percap_pref


@rule("森林環境税額", law="森林環境税及び森林環境譲与税に関する法律3条〜5条")
def forest(percap_exempt: Flag, house_only: Flag, forest_tax: int) -> Yen:
    """国内に住所のある者に課する国税。均等割と併せて徴収し、家屋敷だけの者には課さない."""
    return np.where(percap_exempt | house_only, 0, forest_tax)


@rule("市民税額", law="地方税法294条")
def city_total(income_levy_city: Yen, percap_city: Yen) -> Yen:
    """所得割と均等割の合計."""
    return income_levy_city + percap_city


@rule("県民税額", law="地方税法24条")
def pref_total(income_levy_pref: Yen, percap_pref: Yen) -> Yen:
    """所得割と均等割の合計."""
    return income_levy_pref + percap_pref


@rule("年税額", law="地方税法24条・294条、森林環境税及び森林環境譲与税に関する法律3条")
def annual_total(city_total: Yen, pref_total: Yen, forest: Yen) -> Yen:
    """市民税・県民税・森林環境税の合計."""
    return city_total + pref_total + forest


@rule("定額減税前の年税額", law="地方税法附則5条の8")
def annual_total_before_teigaku(
    annual_total: Yen,
    income_levy_total: Yen,
    levy_after_city: Yen,
    levy_after_pref: Yen,
    withheld_credit_before_city: Yen,
    withheld_credit_before_pref: Yen,
) -> Yen:
    """定額減税をしないとした場合の年税額（徴収の特例と翌年度の年金仮徴収の基礎）."""
    city = down_to_100(levy_after_city - withheld_credit_before_city)
    pref = down_to_100(levy_after_pref - withheld_credit_before_pref)
    return annual_total - income_levy_total + city + pref


@rule("減免額", law="地方税法45条・323条、市町村の条例")
def genmen_amount(city_total: Yen, pref_total: Yen, genmen_numerator: Yen, genmen_denominator: Yen) -> Yen:
    """市民税と県民税のそれぞれを減免の割合で減らし、残る額の百円未満を切り捨てる（open-questions B-6）.

    森林環境税の免除は国の法律による別の処分なので、ここでは減らさない。
    """
    left = genmen_denominator - genmen_numerator
    city = down_to_100(city_total * left // genmen_denominator)
    pref = down_to_100(pref_total * left // genmen_denominator)
    return city_total - city + pref_total - pref


@rule("減免後の年税額", law="地方税法45条・323条")
def annual_after_genmen(annual_total: Yen, genmen_amount: Yen) -> Yen:
    """年税額から減免額を引いた額."""
    return annual_total - genmen_amount


@rule("納付する額", law="地方税法314条の9第2項・319条")
def payable(annual_after_genmen: Yen, applied_to_levy: Yen, applied_to_percap: Yen) -> Yen:
    """減免後の年税額から、配当割額等の充当額を引いた額."""
    return larger(annual_after_genmen - applied_to_levy - applied_to_percap, 0)
