"""人的控除額の差 (地方税法37条1号イ・314条の6第1号イ): 所得税との人的控除の差を補う調整控除の基礎."""

import numpy as np

from plugins.shikakeisan.engine.relatives import Relatives
from plugins.shikakeisan.engine.rule import Flag, Yen, rule
from plugins.shikakeisan.engine.values import Table
from plugins.shikakeisan.rules.deductions import ORDINARY, SPECIAL, count_amounts
from plugins.shikakeisan.rules.relatives import ELDERLY, ELDERLY_COHABITING, GENERAL, SPECIFIC

MOTHER, FATHER = 1, 2


@rule("人的控除額の差（障害者控除）", law="地方税法37条1号イ(1)・314条の6第1号イ(1)")
def adj_diff_disability(
    disability: Yen, relative_disability_kind: Yen, relatives: Relatives, adj_disability: dict[str, int]
) -> Yen:
    """本人と親族の障害者一人ごとの差."""
    own = np.where(disability == ORDINARY, adj_disability["ordinary"], 0)
    own = np.where(disability == SPECIAL, adj_disability["special"], own)
    return own + count_amounts(relative_disability_kind, relatives, adj_disability)


@rule("人的控除額の差（寡婦・ひとり親・勤労学生）", law="地方税法37条1号イ(2)〜(4)・314条の6第1号イ(2)〜(4)")
def adj_diff_status(
    is_widow: Flag,
    is_single_parent: Yen,
    is_working_student: Flag,
    adj_widow: int,
    adj_single_parent: dict[str, int],
    adj_student: int,
) -> Yen:
    """ひとり親は母5万円、父1万円（所得税の旧寡婦控除・旧寡夫控除との差による）."""
    parent = np.where(is_single_parent == MOTHER, adj_single_parent["mother"], 0)
    parent = np.where(is_single_parent == FATHER, adj_single_parent["father"], parent)
    return parent + is_widow * np.int64(adj_widow) + is_working_student * np.int64(adj_student)


@rule("人的控除額の差（配偶者控除）", law="地方税法37条1号イ(5)・314条の6第1号イ(5)")
def adj_diff_spouse(
    same_livelihood_spouse: Yen, spouse_age: Yen, spouse_column: Yen, adj_spouse: Table
) -> Yen:
    """控除対象配偶者の年齢と、納税義務者の所得の欄による差."""
    return same_livelihood_spouse * adj_spouse(spouse_age, spouse_column)


@rule("人的控除額の差（配偶者特別控除）", law="地方税法37条1号イ(6)・314条の6第1号イ(6)")
def adj_diff_spouse_special(
    has_special_spouse: Flag, spouse_income: Yen, spouse_column: Yen, adj_spouse_special: Table
) -> Yen:
    """配偶者の合計所得金額が55万円未満の場合だけにある差（令和7年度分まで）."""
    return has_special_spouse * adj_spouse_special(spouse_income, spouse_column)


@rule("人的控除額の差（扶養控除）", law="地方税法37条1号イ(7)・314条の6第1号イ(7)")
def adj_diff_dependants(
    relative_deductible_kind: Yen, relatives: Relatives, adj_dependant: dict[str, int]
) -> Yen:
    """扶養親族の区分ごとの差。特定親族特別控除には差がない."""
    kind = relative_deductible_kind
    general = relatives.total(kind == GENERAL) * adj_dependant["general"]
    specific = relatives.total(kind == SPECIFIC) * adj_dependant["specific"]
    elderly = relatives.total(kind == ELDERLY) * adj_dependant["elderly"]
    cohabiting = relatives.total(kind == ELDERLY_COHABITING) * adj_dependant["elderly_cohabiting"]
    return general + specific + elderly + cohabiting


@rule("人的控除額の差の合計", law="地方税法37条1号イ・314条の6第1号イ")
def adj_diff(
    adj_diff_disability: Yen,
    adj_diff_status: Yen,
    adj_diff_spouse: Yen,
    adj_diff_spouse_special: Yen,
    adj_diff_dependants: Yen,
    adj_basic: int,
) -> Yen:
    """基礎控除の差は、所得税の基礎控除が引き上げられた後も5万円."""
    family = adj_diff_spouse + adj_diff_spouse_special + adj_diff_dependants
    return adj_diff_disability + adj_diff_status + family + adj_basic
