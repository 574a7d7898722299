"""配当割額・株式等譲渡所得割額の控除と、引ききれない額の充当・還付 (地方税法37条の4・314条の9)."""

from plugins.shikakeisan.engine.operations import larger, smaller
from plugins.shikakeisan.engine.rounding import down_to_100, yen_down
from plugins.shikakeisan.engine.rule import Yen, rule
from plugins.shikakeisan.engine.values import Split


@rule("源泉徴収された配当割額・株式等譲渡所得割額", law="地方税法37条の4・314条の9第1項")
def withheld_total(dividend_levy_withheld: Yen, stock_levy_withheld: Yen) -> Yen:
    """申告した配当と株式等の譲渡に係る特別徴収税額の合計."""
    return dividend_levy_withheld + stock_levy_withheld


@rule("配当割額等の控除額（市）", law="地方税法314条の9第1項")
def withheld_credit_city(withheld_total: Yen, after_teigaku_city: Yen, withheld_share: Split) -> Yen:
    """5分の3（指定都市も当分の間同じ）。定額減税の後に、百円未満切捨ての前に引く（open-questions A-11）."""
    return smaller(withheld_share.city["credit"].up(withheld_total), after_teigaku_city)


@rule("配当割額等の控除額（県）", law="地方税法37条の4")
def withheld_credit_pref(withheld_total: Yen, after_teigaku_pref: Yen, withheld_share: Split) -> Yen:
    """5分の2（指定都市も当分の間同じ）."""
    return smaller(withheld_share.pref["credit"].up(withheld_total), after_teigaku_pref)


@rule("定額減税がないとした配当割額等の控除額（市）", law="地方税法314条の9第1項")
def withheld_credit_before_city(withheld_total: Yen, levy_after_city: Yen, withheld_share: Split) -> Yen:
    """定額減税前の年税額の計算に使う."""
    return smaller(withheld_share.city["credit"].up(withheld_total), levy_after_city)


@rule("定額減税がないとした配当割額等の控除額（県）", law="地方税法37条の4")
def withheld_credit_before_pref(withheld_total: Yen, levy_after_pref: Yen, withheld_share: Split) -> Yen:
    """定額減税前の年税額の計算に使う."""
    return smaller(withheld_share.pref["credit"].up(withheld_total), levy_after_pref)


@rule("所得割額（市）", law="地方税法314条の3〜314条の9・20条の4の2第3項")
def income_levy_city(after_teigaku_city: Yen, withheld_credit_city: Yen) -> Yen:
    """すべての控除の後の額。百円未満切捨て."""
    return down_to_100(after_teigaku_city - withheld_credit_city)


@rule("所得割額（県）", law="地方税法35条〜37条の4・20条の4の2第3項")
def income_levy_pref(after_teigaku_pref: Yen, withheld_credit_pref: Yen) -> Yen:
    """すべての控除の後の額。百円未満切捨て."""
    return down_to_100(after_teigaku_pref - withheld_credit_pref)


@rule("所得割額", law="地方税法35条・314条の3")
def income_levy_total(income_levy_city: Yen, income_levy_pref: Yen) -> Yen:
    """市と県の合計."""
    return income_levy_city + income_levy_pref


@rule("引ききれない配当割額等", law="地方税法314条の9第2項")
def withheld_left(
    withheld_total: Yen, after_teigaku_city: Yen, after_teigaku_pref: Yen, withheld_share: Split
) -> Yen:
    """市と県それぞれの控除不足額の合計。端数は合計した後に切り捨てる."""
    city, pref = withheld_share.city["credit"], withheld_share.pref["credit"]
    city_left = larger(withheld_total * city.numerator - after_teigaku_city * city.denominator, 0)
    pref_left = larger(withheld_total * pref.numerator - after_teigaku_pref * pref.denominator, 0)
    return yen_down(city_left + pref_left, city.denominator)


@rule("他の団体の所得割への充当額", law="地方税法314条の9第2項・3項")
def applied_to_levy(withheld_left: Yen, income_levy_total: Yen) -> Yen:
    """引ききれない額を、まず残る所得割に充てる（open-questions A-12）."""
    return smaller(withheld_left, income_levy_total)


@rule("均等割・森林環境税への充当額", law="地方税法314条の9第2項・3項")
def applied_to_percap(withheld_left: Yen, applied_to_levy: Yen, percap_total: Yen, forest: Yen) -> Yen:
    """次に均等割と森林環境税に充てる."""
    return smaller(withheld_left - applied_to_levy, percap_total + forest)


@rule("還付額", law="地方税法314条の9第2項・3項")
def refund(withheld_left: Yen, applied_to_levy: Yen, applied_to_percap: Yen) -> Yen:
    """充てても残る額は還付する."""
    return withheld_left - applied_to_levy - applied_to_percap
