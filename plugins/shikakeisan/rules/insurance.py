"""生命保険料控除と地震保険料控除 (地方税法34条1項5号・5号の3・314条の2第1項5号・5号の3)."""

from plugins.shikakeisan.engine.operations import larger, smaller
from plugins.shikakeisan.engine.rule import Yen, rule
from plugins.shikakeisan.engine.values import Curve, Rate


def _old_and_new(old: Yen, new: Yen, cap_both: int) -> Yen:
    """The most of: old contracts alone, new ones alone, both together up to their own cap."""
    return larger(larger(old, new), smaller(old + new, cap_both))


@rule("一般の生命保険料控除", law="地方税法34条1項5号イ・314条の2第1項5号イ")
def ded_life_general(
    life_new_general: Yen, life_old_general: Yen, life_new: Curve, life_old: Curve, life_cap_both: int
) -> Yen:
    """新契約と旧契約の表の額の有利な組合せ。1円未満は切り上げる（open-questions A-5）."""
    return _old_and_new(life_old.up(life_old_general), life_new.up(life_new_general), life_cap_both)


@rule("個人年金保険料控除", law="地方税法34条1項5号ハ・314条の2第1項5号ハ")
def ded_life_pension(
    life_new_pension: Yen, life_old_pension: Yen, life_new: Curve, life_old: Curve, life_cap_both: int
) -> Yen:
    """新契約と旧契約の表の額の有利な組合せ."""
    return _old_and_new(life_old.up(life_old_pension), life_new.up(life_new_pension), life_cap_both)


@rule("介護医療保険料控除", law="地方税法34条1項5号ロ・314条の2第1項5号ロ")
def ded_life_care(life_care: Yen, life_new: Curve) -> Yen:
    """新契約だけにある."""
    return life_new.up(life_care)


@rule("生命保険料控除", law="地方税法34条1項5号・314条の2第1項5号")
def ded_life(ded_life_general: Yen, ded_life_pension: Yen, ded_life_care: Yen, life_cap: int) -> Yen:
    """三つの控除の合計。7万円まで."""
    return smaller(ded_life_general + ded_life_pension + ded_life_care, life_cap)


@rule("地震保険料控除", law="地方税法34条1項5号の3・314条の2第1項5号の3、平成18年法律第7号附則")
def ded_quake(
    quake: Yen, quake_old_long: Yen, quake_rate: Rate, quake_cap: int, quake_old_table: Curve
) -> Yen:
    """地震保険料の2分の1（2万5千円まで）と旧長期損害保険料の表の額の合計。2万5千円まで."""
    new = smaller(quake_rate.up(quake), quake_cap)
    return smaller(new + quake_old_table.up(quake_old_long), quake_cap)
