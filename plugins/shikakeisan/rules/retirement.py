"""退職所得の分離課税 (地方税法50条の2〜・328条〜): 支払の際に特別徴収する、現年の所得割."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger
from plugins.shikakeisan.engine.rounding import down_to_100, down_to_1000
from plugins.shikakeisan.engine.rule import Flag, Yen, rule
from plugins.shikakeisan.engine.values import Rate, Split


@rule("退職所得控除額", law="所得税法30条3項・6項、地方税法50条の3・328条の2")
def retirement_deduction(
    retirement_amount: Yen,
    retirement_years: Yen,
    retirement_disability: Flag,
    retirement_deduction_table: dict[str, int],
) -> Yen:
    """勤続20年まで1年40万円（80万円以上）、20年を超える年は70万円。
    障害者になって退職したときは100万円を加える.

    勤続年数の1年未満の端数は1年とする（事実は切り上げた年数）。
    """
    table = retirement_deduction_table
    short = larger(retirement_years * table["per_year"], table["minimum"])
    over = larger(retirement_years - table["long_years"], 0)
    long = table["long_base"] + over * table["long_per_year"]
    years = np.where(over > 0, long, short)
    full = years + np.where(retirement_disability, table["disability"], 0)
    return np.where(retirement_amount > 0, full, 0)


@rule("勤続5年以下の退職手当", law="所得税法30条4項・5項", unit="可否")
def retirement_is_brief(retirement_years: Yen, retirement_deduction_table: dict[str, int]) -> Flag:
    """特定役員退職手当等・短期退職手当等になりうる勤続年数."""
    return retirement_years <= retirement_deduction_table["short_years"]


@rule("短期退職手当等で2分の1にしない部分", law="所得税法30条2項2号・4項（令和4年1月1日以後の支払）")
def retirement_short_over(
    retirement_amount: Yen,
    retirement_deduction: Yen,
    retirement_is_brief: Flag,
    retirement_officer_short: Flag,
    retirement_short_boundary: int,
) -> Yen:
    """勤続5年以下の者の、控除後の額が300万円を超える部分。役員等でなければ短期退職手当等になる."""
    over = larger(retirement_amount - retirement_deduction - retirement_short_boundary, 0)
    return np.where(retirement_is_brief & ~retirement_officer_short, over, 0)


@rule("退職所得", law="所得税法30条2項、地方税法328条の2・20条の4の2第1項")
def retirement_income(
    retirement_amount: Yen,
    retirement_deduction: Yen,
    retirement_short_over: Yen,
    retirement_is_brief: Flag,
    retirement_officer_short: Flag,
    retirement_half: Rate,
) -> Yen:
    """控除後の額の2分の1（千円未満切捨て）。勤続5年以下の役員は2分の1にしない."""
    net = larger(retirement_amount - retirement_deduction, 0)
    halved = retirement_half.down(net - retirement_short_over) + retirement_short_over
    officer = retirement_is_brief & retirement_officer_short
    return down_to_1000(np.where(officer, net, halved))


@rule("退職所得の所得割（市）", law="地方税法328条の3・328条の6・20条の4の2第3項")
def retire_city(retirement_income: Yen, retirement_rates: Split) -> Yen:
    """6％（指定都市も同じ）。百円未満切捨て."""
    return down_to_100(retirement_rates.city["levy"].down(retirement_income))


@rule("退職所得の所得割（県）", law="地方税法50条の4・50条の6・20条の4の2第3項")
def retire_pref(retirement_income: Yen, retirement_rates: Split) -> Yen:
    """4％（指定都市も同じ）。百円未満切捨て."""
    return down_to_100(retirement_rates.pref["levy"].down(retirement_income))


@rule("退職所得の所得割", law="地方税法50条の4・328条の3")
def retire_total(retire_city: Yen, retire_pref: Yen) -> Yen:
    """市と県の合計。翌年度の税には含まれない."""
    return retire_city + retire_pref
