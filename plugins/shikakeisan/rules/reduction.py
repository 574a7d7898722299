"""調整措置 (地方税法附則3条の3第2項・5項) と定額減税 (附則5条の8〜5条の12)."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, smaller
from plugins.shikakeisan.engine.relatives import Relatives
from plugins.shikakeisan.engine.rounding import down_to_100, yen_up
from plugins.shikakeisan.engine.rule import Flag, Yen, rule


def _proportion(total: Yen, part: Yen, whole: Yen) -> Yen:
    """``total`` in the proportion of ``part`` to ``whole``, rounded up; nil where the whole is nil."""
    return yen_up(total * part, larger(whole, 1))


@rule("調整措置による減額", law="地方税法附則3条の3第2項・5項")
def choseisochi_reduction(
    levy_limit: Yen, total_income: Yen, after_credits_city: Yen, after_credits_pref: Yen
) -> Yen:
    """税引後の所得が所得割の非課税限度額を下回らないように減らす額."""
    levy = after_credits_city + after_credits_pref
    return smaller(larger(levy_limit - (total_income - levy), 0), levy)


@rule("調整措置による減額", law="地方税法附則3条の3第2項・5項")
def reduction(choseisochi_reduction: Yen) -> Yen:
    """公表例での呼び名（choseisochi_reduction と同じ）."""
    return choseisochi_reduction


@rule("調整措置後の所得割額（市）", law="地方税法附則3条の3第5項")
def levy_after_city(choseisochi_reduction: Yen, after_credits_city: Yen, after_credits_pref: Yen) -> Yen:
    """減額を市と県の所得割額の割合で分け、1円未満を切り上げて引く（open-questions A-10）."""
    share = _proportion(choseisochi_reduction, after_credits_city, after_credits_city + after_credits_pref)
    return larger(after_credits_city - share, 0)


@rule("調整措置後の所得割額（県）", law="地方税法附則3条の3第2項")
def levy_after_pref(choseisochi_reduction: Yen, after_credits_city: Yen, after_credits_pref: Yen) -> Yen:
    """市と同じ計算."""
    share = _proportion(choseisochi_reduction, after_credits_pref, after_credits_city + after_credits_pref)
    return larger(after_credits_pref - share, 0)


@rule("調整措置後の所得割額", law="地方税法附則3条の3")
def levy_after(levy_after_city: Yen, levy_after_pref: Yen) -> Yen:
    """市と県の合計."""
    return levy_after_city + levy_after_pref


@rule("定額減税前の所得割額（市）", law="地方税法20条の4の2第3項")
def income_levy_before_teigaku_city(levy_after_city: Yen) -> Yen:
    """定額減税をしないとした場合の額。百円未満切捨て."""
    return down_to_100(levy_after_city)


@rule("定額減税前の所得割額（県）", law="地方税法20条の4の2第3項")
def income_levy_before_teigaku_pref(levy_after_pref: Yen) -> Yen:
    """定額減税をしないとした場合の額。百円未満切捨て."""
    return down_to_100(levy_after_pref)


@rule("定額減税の対象となる扶養親族の数", law="地方税法附則5条の8第1項", unit="人")
def teigaku_dependants(relative_is_dependant: Flag, relative_overseas: Flag, relatives: Relatives) -> Yen:
    """16歳未満を含み、国外居住者を除く."""
    return relatives.total(relative_is_dependant & ~relative_overseas)


@rule("定額減税の対象となる同一生計配偶者", law="地方税法附則5条の8第1項・5条の12第1項", unit="人")
def teigaku_spouse(relative_is_spouse: Flag, relative_overseas: Flag, relatives: Relatives) -> Yen:
    """国外居住者を除く."""
    return relatives.total(relative_is_spouse & ~relative_overseas)


@rule("定額減税の可能額", law="地方税法附則5条の8第1項（令和6年度分）・5条の12第1項（令和7年度分）")
def teigaku_amount(
    total_income_all: Yen,
    teigaku_dependants: Yen,
    teigaku_spouse: Yen,
    spouse_column: Yen,
    teigaku_amounts: dict[str, int],
    teigaku_limit: int,
) -> Yen:
    """令和6年度は本人・控除対象配偶者・扶養親族一人1万円。
    令和7年度は控除対象配偶者でない同一生計配偶者だけ1万円.

    合計所得金額が1,805万円以下の者に限る。
    """
    no_deduction = spouse_column == 3
    spouse = (
        np.where(no_deduction, teigaku_amounts["spouse_high"], teigaku_amounts["spouse"]) * teigaku_spouse
    )
    full = teigaku_amounts["self"] + spouse + teigaku_amounts["dependant"] * teigaku_dependants
    return np.where(total_income_all <= teigaku_limit, full, 0)


@rule("定額減税額", law="地方税法附則5条の8・5条の12")
def teigaku_total(teigaku_amount: Yen, levy_after: Yen) -> Yen:
    """所得割額までの額（均等割からは引かない）."""
    return smaller(teigaku_amount, levy_after)


@rule("定額減税しきれない額", law="地方税法附則5条の8・5条の12")
def teigaku_unused(teigaku_amount: Yen, teigaku_total: Yen) -> Yen:
    """可能額から減税額を引いた額（調整給付の基礎）."""
    return teigaku_amount - teigaku_total


@rule("定額減税額（県）", law="地方税法附則5条の8第2項")
def teigaku_pref(teigaku_total: Yen, levy_after_pref: Yen, levy_after: Yen) -> Yen:
    """市と県の所得割額の割合で分け、1円未満を切り上げた額（公表例: 川崎市）."""
    return smaller(_proportion(teigaku_total, levy_after_pref, levy_after), levy_after_pref)


@rule("定額減税額（市）", law="地方税法附則5条の8第5項")
def teigaku_city(teigaku_total: Yen, teigaku_pref: Yen) -> Yen:
    """減税額から県の分を引いた額."""
    return teigaku_total - teigaku_pref


@rule("定額減税後の所得割額（市）", law="地方税法附則5条の8第5項")
def after_teigaku_city(levy_after_city: Yen, teigaku_city: Yen) -> Yen:
    """配当割額等の控除の前の額."""
    return levy_after_city - teigaku_city


@rule("定額減税後の所得割額（県）", law="地方税法附則5条の8第2項")
def after_teigaku_pref(levy_after_pref: Yen, teigaku_pref: Yen) -> Yen:
    """配当割額等の控除の前の額."""
    return levy_after_pref - teigaku_pref
