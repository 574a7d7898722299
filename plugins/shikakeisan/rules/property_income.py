"""事業・農業・雑・不動産・総合譲渡・一時・山林の所得 (所得税法26条・27条・32条〜35条、地方税法32条)."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, smaller
from plugins.shikakeisan.engine.rounding import yen_down
from plugins.shikakeisan.engine.rule import Flag, Yen, rule


@rule("雑所得の必要経費", law="所得税法37条、租税特別措置法27条、同施行令18条の2")
def misc_expenses(
    misc_other_revenue: Yen,
    misc_other_expense: Yen,
    business_expense: Yen,
    home_worker: Flag,
    salary: Yen,
    home_worker_minimum: int,
) -> Yen:
    """その他の雑所得の必要経費。家内労働者等は、最低額と実際の経費の合計との差を、まず雑所得の経費に加える.

    最低額は給与収入があればその分を引く。雑所得の収入を限度とする。
    """
    minimum = larger(home_worker_minimum - salary, 0)
    raised = smaller(larger(minimum - business_expense, 0), misc_other_revenue)
    return np.where(home_worker, larger(misc_other_expense, raised), misc_other_expense)


@rule("その他の雑所得", law="所得税法35条2項2号")
def misc_other_income(misc_other: Yen, misc_other_revenue: Yen, misc_expenses: Yen) -> Yen:
    """公的年金等以外の雑所得（業務に係るものを含む）。赤字は雑所得の中だけで引く."""
    return misc_other + misc_other_revenue - misc_expenses


@rule("必要経費", law="所得税法37条、租税特別措置法27条、同施行令18条の2")
def business_expenses(
    business_revenue: Yen,
    business_expense: Yen,
    misc_expenses: Yen,
    home_worker: Flag,
    salary: Yen,
    home_worker_minimum: int,
) -> Yen:
    """事業の必要経費。家内労働者等は、最低額のうち雑所得で使った残りまで、収入を限度に認める."""
    minimum = larger(home_worker_minimum - salary - misc_expenses, 0)
    raised = smaller(minimum, business_revenue)
    return np.where(home_worker, larger(business_expense, raised), business_expense)


@rule("専従者控除前の事業所得", law="所得税法27条・57条1項")
def business_before_family(
    business: Yen,
    business_revenue: Yen,
    business_expenses: Yen,
    business_blue_family_salary: Yen,
    agriculture: Yen,
    agriculture_revenue: Yen,
    agriculture_expense: Yen,
) -> Yen:
    """営業等と農業の収入から必要経費と青色事業専従者給与を引いた額."""
    trade = business + business_revenue - business_expenses - business_blue_family_salary
    return trade + agriculture + agriculture_revenue - agriculture_expense


@rule("事業専従者控除額", law="地方税法32条4項・313条4項")
def white_family_deduction(
    business_before_family: Yen,
    business_white_spouse: Flag,
    business_white_others: Yen,
    white_family: dict[str, int],
) -> Yen:
    """白色の専従者一人につき、限度額と「所得÷（専従者数＋1）」の少ない方."""
    each = yen_down(larger(business_before_family, 0), business_white_spouse + business_white_others + 1)
    spouse = np.where(business_white_spouse, smaller(each, white_family["spouse"]), 0)
    others: Yen = smaller(each, white_family["other"]) * business_white_others
    return spouse + others


@rule("青色申告特別控除前の不動産所得", law="所得税法26条")
def real_estate_before_blue(real_estate: Yen, real_estate_revenue: Yen, real_estate_expense: Yen) -> Yen:
    """不動産の収入から必要経費を引いた額."""
    return real_estate + real_estate_revenue - real_estate_expense


@rule("青色申告特別控除額（不動産）", law="租税特別措置法25条の2")
def blue_deduction_real_estate(blue_deduction: Yen, real_estate_before_blue: Yen) -> Yen:
    """不動産所得から先に、黒字の範囲で引く."""
    return smaller(blue_deduction, larger(real_estate_before_blue, 0))


@rule("不動産所得", law="所得税法26条")
def real_estate_income(real_estate_before_blue: Yen, blue_deduction_real_estate: Yen) -> Yen:
    """青色申告特別控除後の不動産所得（赤字は負の数）."""
    return real_estate_before_blue - blue_deduction_real_estate


@rule("損益通算の対象となる不動産所得", law="租税特別措置法41条の4")
def real_estate_for_offset(real_estate_income: Yen, real_estate_land_interest: Yen) -> Yen:
    """赤字のうち土地の取得のための借入金の利子に当たる部分はなかったものとみなす."""
    denied = smaller(real_estate_land_interest, larger(-real_estate_income, 0))
    return real_estate_income + denied


@rule("青色申告特別控除額（事業）", law="租税特別措置法25条の2、同施行令16条の3")
def blue_deduction_business(
    business_before_family: Yen,
    white_family_deduction: Yen,
    blue_deduction: Yen,
    blue_deduction_real_estate: Yen,
) -> Yen:
    """不動産所得から引ききれない額を、営業等・農業の黒字の範囲で引く."""
    before = business_before_family - white_family_deduction
    return smaller(blue_deduction - blue_deduction_real_estate, larger(before, 0))


@rule("事業所得", law="所得税法27条、租税特別措置法25条の2")
def business_income(
    business_before_family: Yen, white_family_deduction: Yen, blue_deduction_business: Yen
) -> Yen:
    """専従者控除と、不動産所得から引ききれない青色申告特別控除を引いた営業等・農業の所得."""
    return business_before_family - white_family_deduction - blue_deduction_business


@rule("総合短期譲渡の内部通算後の金額", law="所得税法33条3項")
def transfer_short_net(
    transfer_short: Yen,
    transfer_short_revenue: Yen,
    transfer_short_expense: Yen,
    transfer_long: Yen,
    transfer_long_revenue: Yen,
    transfer_long_expense: Yen,
) -> Yen:
    """短期の譲渡益。長期の譲渡損があればそれを引き、短期の譲渡損は長期の譲渡益から引いた残りを負で示す."""
    short = transfer_short + transfer_short_revenue - transfer_short_expense
    long = transfer_long + transfer_long_revenue - transfer_long_expense
    return _net(short, long)


@rule("総合長期譲渡の内部通算後の金額", law="所得税法33条3項")
def transfer_long_net(
    transfer_short: Yen,
    transfer_short_revenue: Yen,
    transfer_short_expense: Yen,
    transfer_long: Yen,
    transfer_long_revenue: Yen,
    transfer_long_expense: Yen,
) -> Yen:
    """長期の譲渡益。通算の仕方は短期と同じ."""
    short = transfer_short + transfer_short_revenue - transfer_short_expense
    long = transfer_long + transfer_long_revenue - transfer_long_expense
    return _net(long, short)


def _net(own: Yen, other: Yen) -> Yen:
    gain = larger(own + smaller(other, 0), 0)
    return np.where(own >= 0, gain, smaller(own + larger(other, 0), 0))


@rule("総合短期譲渡所得", law="所得税法33条4項・5項")
def transfer_short_income(transfer_short_net: Yen, transfer_special: int) -> Yen:
    """特別控除50万円を短期から先に引いた額."""
    return larger(transfer_short_net - transfer_special, 0)


@rule("総合長期譲渡所得（2分の1前）", law="所得税法33条4項・5項")
def transfer_long_income(transfer_short_net: Yen, transfer_long_net: Yen, transfer_special: int) -> Yen:
    """短期から引ききれない特別控除を引いた額."""
    left = larger(transfer_special - larger(transfer_short_net, 0), 0)
    return larger(transfer_long_net - left, 0)


@rule("総合譲渡の損失", law="所得税法69条1項")
def transfer_loss(transfer_short_net: Yen, transfer_long_net: Yen) -> Yen:
    """損益通算の対象となる総合譲渡の損失（正の数）。生活に通常必要でない資産の損失は事実に含めない."""
    return -smaller(transfer_short_net, 0) - smaller(transfer_long_net, 0)


@rule("一時所得（2分の1前）", law="所得税法34条")
def temporary_income(
    temporary: Yen, temporary_revenue: Yen, temporary_expense: Yen, temporary_special: int
) -> Yen:
    """収入から支出と特別控除50万円を引いた額。赤字はなかったものとする."""
    gain = larger(temporary_revenue - temporary_expense, 0)
    return larger(temporary, 0) + larger(gain - temporary_special, 0)


@rule("青色申告特別控除前の山林所得", law="所得税法32条")
def timber_before_blue(timber: Yen, timber_revenue: Yen, timber_expense: Yen, timber_special: int) -> Yen:
    """収入から必要経費と特別控除50万円（黒字の範囲）を引いた額。赤字は負の数."""
    gain = timber_revenue - timber_expense
    return timber + gain - smaller(timber_special, larger(gain, 0))


@rule("青色申告特別控除額（山林）", law="租税特別措置法25条の2第1項・3項")
def blue_deduction_timber(
    timber_before_blue: Yen,
    blue_deduction: Yen,
    blue_deduction_real_estate: Yen,
    blue_deduction_business: Yen,
    blue_timber_limit: int,
) -> Yen:
    """不動産・事業から引ききれない10万円の控除を、山林所得の黒字の範囲で引く.

    55万円・65万円の控除は不動産と事業の所得に限るので、山林からは引かない。
    """
    left = blue_deduction - blue_deduction_real_estate - blue_deduction_business
    allowed = np.where(blue_deduction <= blue_timber_limit, left, 0)
    return smaller(allowed, larger(timber_before_blue, 0))


@rule("山林所得", law="所得税法32条、租税特別措置法25条の2第1項")
def timber_gain(timber_before_blue: Yen, blue_deduction_timber: Yen) -> Yen:
    """青色申告特別控除後の山林所得（赤字は負の数）."""
    return timber_before_blue - blue_deduction_timber
