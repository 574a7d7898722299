"""非課税 (地方税法24条の5・295条・附則3条の3) と、その判定に使う本人の区分."""

import numpy as np

from plugins.shikakeisan.engine.operations import equal, within
from plugins.shikakeisan.engine.rule import Flag, Yen, rule
from plugins.shikakeisan.engine.values import Table


@rule("未成年者", law="地方税法24条の5第1項2号・295条1項2号", unit="可否")
def is_minor(minor: Flag, age_1_january: Yen, adult_age: int) -> Flag:
    """賦課期日（1月1日）に未成年の者。年齢が分からないときは、未成年と申し出た者に限る.

    令和4年度までは20歳（婚姻した者を除く。その者は事実で成年とする）、令和5年度からは18歳。
    """
    young = within(age_1_january, 0, adult_age - 1)
    return np.logical_or(minor, young)


@rule("寡婦", law="地方税法23条1項11号・292条1項11号", unit="可否")
def is_widow(widow: Flag, single_parent: Yen, total_income_all: Yen, single_limit: int) -> Flag:
    """ひとり親に当たらず、合計所得金額が500万円以下の寡婦."""
    return widow & equal(single_parent, 0) & (total_income_all <= single_limit)


@rule("ひとり親", law="地方税法23条1項12号・292条1項12号", unit="番号")
def is_single_parent(single_parent: Yen, total_income_all: Yen, single_limit: int) -> Yen:
    """合計所得金額が500万円以下のひとり親（1 母、2 父）。子の所得要件は事実の側で満たすものとする."""
    return np.where(total_income_all <= single_limit, single_parent, 0)


@rule("人的な非課税", law="地方税法24条の5第1項・295条1項", unit="可否")
def person_exempt(
    welfare: Flag,
    disability: Yen,
    is_minor: Flag,
    is_widow: Flag,
    is_single_parent: Yen,
    total_income_all: Yen,
    special_person_limit: int,
) -> Flag:
    """生活扶助を受ける者、又は障害者・未成年者・寡婦・ひとり親で合計所得金額が135万円以下の者."""
    special = (disability > 0) | is_minor | is_widow | (is_single_parent > 0)
    return welfare | (special & (total_income_all <= special_person_limit))


@rule("均等割の非課税限度額", law="地方税法24条の5第3項・295条3項、同施行令47条の3")
def percap_limit(
    counted_relatives: Yen, grade: int, percap_limit_table: Table, percap_limit_plus: int
) -> Yen:
    """基本額×（親族の数＋1）＋10万円、親族がいれば加算額を足す。基本額と加算額は級地による."""
    here = np.full(1, grade)
    base = percap_limit_table(here) * (counted_relatives + 1) + percap_limit_plus
    return base + np.where(counted_relatives > 0, percap_limit_table(here, 1), 0)


@rule(
    "均等割の非課税", law="地方税法24条の5・295条、森林環境税及び森林環境譲与税に関する法律4条", unit="可否"
)
def percap_exempt(person_exempt: Flag, total_income_all: Yen, percap_limit: Yen) -> Flag:
    """合計所得金額が限度額以下の者。森林環境税も同じ者が非課税になる."""
    return person_exempt | (total_income_all <= percap_limit)


@rule("所得割の非課税限度額", law="地方税法附則3条の3第1項・4項")
def levy_limit(counted_relatives: Yen, levy_limit_table: dict[str, int]) -> Yen:
    """35万円×（親族の数＋1）＋10万円、親族がいれば32万円を足す。全国同じ."""
    base = levy_limit_table["base"] * (counted_relatives + 1) + levy_limit_table["plus"]
    return base + np.where(counted_relatives > 0, levy_limit_table["addition"], 0)


@rule("所得割の非課税", law="地方税法24条の5第1項・295条1項・附則3条の3", unit="可否")
def levy_exempt(percap_exempt: Flag, total_income: Yen, levy_limit: Yen, house_only: Flag) -> Flag:
    """総所得金額等が限度額以下の者。均等割が非課税の者と、家屋敷だけの者（294条1項2号）にも所得割はない."""
    return percap_exempt | (total_income <= levy_limit) | house_only
