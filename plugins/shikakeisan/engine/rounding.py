"""Every rounding of the law, by name and with its article. All take and give int64; nothing is ever a
float."""

from plugins.shikakeisan.engine.rule import Yen


def down_to_1000(amount: Yen) -> Yen:
    """課税標準額の千円未満切捨て (地方税法20条の4の2第1項)."""
    return amount // 1000 * 1000


def down_to_100(amount: Yen) -> Yen:
    """確定金額の百円未満切捨て (地方税法20条の4の2第3項)."""
    return amount // 100 * 100


def down_to(amount: Yen, unit: int) -> Yen:
    """分割金額の端数を切り捨てる。単位は年度又は団体の表による (地方税法20条の4の2第6項)."""
    return amount // unit * unit


def yen_down(numerator: Yen, denominator: Yen | int) -> Yen:
    """一円未満の端数の切捨て (法は確定金額の百円未満だけを定めるので、公表の計算例による)."""
    return numerator // denominator


def yen_up(numerator: Yen, denominator: Yen | int) -> Yen:
    """一円未満の端数の切上げ: 納税者に有利な控除額の端数 (申告書・通知書の様式の計算例による)."""
    return -(-numerator // denominator)
