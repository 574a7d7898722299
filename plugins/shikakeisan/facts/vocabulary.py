"""The words in which facts are written: path, label, kind. One list feeds validation, JSON Schema and
columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from plugins.shikakeisan.engine.graph import FactColumn

Kind: TypeAlias = Literal["yen", "signed", "count", "flag", "choice", "date", "month", "text"]

MAX_YEN = 99_999_999_999
"""Largest amount taken: every product of the rules stays within 64 bits below it."""
MAX_COUNT = 150


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: where it stands, what it is called, and which column of the engine it fills."""

    path: str
    label: str
    kind: Kind = "yen"
    column: str | None = None
    choices: Mapping[str | bool, int] = field(default_factory=dict)
    default: int = 0

    @property
    def target(self) -> str:
        """Name of the column."""
        return self.column or self.path.replace(".", "_")


DISABILITY: dict[str | bool, int] = {"ordinary": 1, "special": 2}
PARENT: dict[str | bool, int] = {"mother": 1, "father": 2, True: 1, False: 0}
CATEGORY: dict[str | bool, int] = {
    "under16": 1,
    "general": 2,
    "specific": 3,
    "elderly": 4,
    "elderly_cohabiting": 5,
}
ASCENDANTS = frozenset(
    {"父", "母", "親", "祖父", "祖母", "祖父母", "父母", "曾祖父", "曾祖母"}
    | {"義父", "義母", "養父", "養母", "実父", "実母"}
)
"""続柄 that are 直系尊属 of the taxpayer or the spouse."""
SPOUSES = frozenset({"配偶者", "妻", "夫"})
"""続柄 that belong under ``spouse``, so that a spouse is claimed once."""
CARRIED: dict[str, str] = {
    "net_loss": "純損失",
    "residence_loss": "居住用財産の譲渡損失",
    "listed_stock": "上場株式等の譲渡損失",
    "futures": "先物取引の損失",
    "casualty": "雑損失",
}
"""Losses that are carried forward for three years."""
CARRIED_YEARS = {1: "前年", 2: "2年前", 3: "3年前"}


def _amounts(path: str, label: str, *parts: tuple[str, str]) -> list[Fact]:
    """A figure that may be one number, or an object of parts."""
    whole = Fact(path, f"{label}（所得の額）", "signed")
    return [whole, *(Fact(f"{path}.{name}", f"{label}の{part}") for name, part in parts)]


def _carried(name: str, label: str) -> list[Fact]:
    """A loss brought forward: by the year before which it arose, or one amount that counts as the last
    year's."""
    path = f"carryover.{name}"
    whole = Fact(path, f"繰り越された{label}（生じた年の別がないとき）", column=f"carryover_{name}_1")
    parts = (Fact(f"{path}_{n}", f"繰り越された{label}（{y}に生じた分）") for n, y in CARRIED_YEARS.items())
    return [whole, *parts]


_IN_OUT = (("revenue", "収入金額"), ("expense", "必要経費（取得費・譲渡費用・支出）"))
_LAND = (*_IN_OUT, ("special_deduction", "特別控除額"))
_LAND_CLASSES = {
    "land_short": "短期譲渡（一般）",
    "land_short_national": "短期譲渡（国等）",
    "land_long": "長期譲渡（一般）",
    "land_long_quality": "長期譲渡（優良住宅地等）",
    "land_long_residence": "長期譲渡（居住用）",
}

TAXPAYER_FACTS: tuple[Fact, ...] = (
    Fact("taxpayer.age", "前年12月31日の年齢", "count", "age", default=-1),
    Fact("taxpayer.birth", "生年月日", "date"),
    Fact("taxpayer.disability", "障害者", "choice", "disability", DISABILITY),
    Fact("taxpayer.welfare", "生活扶助を受けている", "flag", "welfare"),
    Fact("taxpayer.minor", "未成年者", "flag", "minor"),
    Fact("taxpayer.house_only", "家屋敷・事務所だけがある者", "flag", "house_only"),
    Fact("taxpayer.house_wards", "家屋敷・事務所のある区の数（住所のある区を除く）", "count", "house_wards"),
    Fact("single", "独身（親族なし）", "flag"),
    Fact("single_parent", "ひとり親", "choice", None, PARENT),
    Fact("widow", "寡婦", "flag"),
    Fact("working_student", "勤労学生", "flag"),
    Fact("non_work_income", "勤労によらない所得", default=-1),
    Fact("salary", "給与収入"),
    Fact("salary_specific_expenses", "特定支出の合計額"),
    Fact("income_adj_eligible", "所得金額調整控除の対象（他の納税者の扶養親族による）", "flag"),
    Fact("pension", "公的年金等の収入"),
    *_amounts("misc_other", "その他の雑所得", *_IN_OUT),
    Fact("misc_other.home_worker", "家内労働者等", "flag", "home_worker"),
    *_amounts(
        "business",
        "営業等の事業",
        *_IN_OUT,
        ("blue_family_salary", "青色事業専従者給与"),
    ),
    Fact("business.home_worker", "家内労働者等", "flag", "home_worker"),
    Fact("business.white_spouse", "配偶者である事業専従者", "flag"),
    Fact("business.white_others", "配偶者以外の事業専従者の数", "count"),
    Fact("blue_return", "青色申告", "flag"),
    Fact("blue_deduction", "青色申告特別控除の限度額"),
    Fact("variable_loss", "変動所得の損失（白色申告の純損失のうち）"),
    Fact("disaster_asset_loss", "被災事業用資産の損失（白色申告の純損失のうち）"),
    *_amounts("agriculture", "農業", *_IN_OUT),
    *_amounts("real_estate", "不動産", *_IN_OUT, ("land_interest", "土地の取得の借入金利子")),
    Fact("interest", "利子所得（総合課税）"),
    Fact("dividend_aggregate", "配当所得（総合課税、配当控除の対象）"),
    Fact("dividend_trust", "証券投資信託の配当所得"),
    Fact("dividend_trust_foreign", "外貨建等証券投資信託の配当所得"),
    Fact("dividend_no_credit", "配当控除の対象外の配当所得"),
    *_amounts("transfer_short", "総合短期譲渡", *_IN_OUT),
    *_amounts("transfer_long", "総合長期譲渡", *_IN_OUT),
    *_amounts("temporary", "一時所得（特別控除後、2分の1前）", *_IN_OUT),
    *(fact for path, label in _LAND_CLASSES.items() for fact in _amounts(path, label, *_LAND)),
    Fact("listed_dividend", "上場株式等の配当所得（申告分離）"),
    Fact("listed_stock", "上場株式等の譲渡所得", "signed"),
    Fact("general_stock", "一般株式等の譲渡所得", "signed"),
    Fact("futures", "先物取引の雑所得等", "signed"),
    *_amounts("timber", "山林", *_IN_OUT),
    Fact("retirement_comprehensive", "退職所得（申告によるもの）"),
    Fact("residence_loss", "居住用財産の譲渡損失（特例の対象となる額）"),
    *(fact for name, label in CARRIED.items() for fact in _carried(name, label)),
    Fact("carryover.net_loss_timber", "繰り越された純損失のうち山林所得の損失"),
    Fact("social_insurance", "社会保険料"),
    Fact("mutual_aid", "小規模企業共済等掛金"),
    Fact("life_new_general", "新生命保険料（一般）"),
    Fact("life_new_pension", "新個人年金保険料"),
    Fact("life_care", "介護医療保険料"),
    Fact("life_old_general", "旧生命保険料（一般）"),
    Fact("life_old_pension", "旧個人年金保険料"),
    Fact("quake", "地震保険料"),
    Fact("quake_old_long", "旧長期損害保険料"),
    Fact("casualty.net_loss", "差引損失額"),
    Fact("casualty.disaster_expense", "災害関連支出"),
    Fact("medical_paid", "支払った医療費"),
    Fact("medical_reimbursed", "医療費の補塡額"),
    Fact("selfmed_paid", "特定一般用医薬品等購入費"),
    Fact("selfmed_reimbursed", "特定一般用医薬品等購入費の補塡額"),
    Fact("donation_furusato", "特例控除対象寄附金（ふるさと納税）"),
    Fact("one_stop", "申告特例（ワンストップ特例）", "flag"),
    Fact("donation_other", "市と県の両方の控除の対象となる他の寄附金"),
    Fact("donation_city_only", "市だけの控除の対象となる寄附金"),
    Fact("donation_pref_only", "県だけの控除の対象となる寄附金"),
    Fact("housing_loan.move_in", "居住開始年月", "month"),
    Fact("housing_loan.specified_acquisition", "特定取得等（消費税率8％・10％）", "flag"),
    Fact("housing_loan.available", "住宅借入金等特別控除の可能額"),
    Fact("housing_loan.it_tax", "所得税額（住宅借入金等特別控除前）"),
    Fact("housing_loan.it_taxable", "所得税の課税総所得金額等"),
    Fact("housing_loan.it_basic", "所得税の基礎控除額"),
    Fact("foreign_tax.unused", "所得税で控除しきれない外国税額"),
    Fact("foreign_tax.it_limit", "所得税の外国税額控除の限度額"),
    Fact("dividend_levy_withheld", "配当割額"),
    Fact("stock_levy_withheld", "株式等譲渡所得割額"),
    Fact("genmen.numerator", "減免の割合の分子", "count"),
    Fact("genmen.denominator", "減免の割合の分母", "count", default=1),
    Fact("retirement.amount", "退職手当等の収入金額"),
    Fact("retirement.years", "勤続年数（1年未満切上げ）", "count"),
    Fact("retirement.officer_short", "特定役員退職手当等", "flag"),
    Fact("retirement.short_term", "短期退職手当等", "flag"),
    Fact("retirement.disability", "障害者になったことによる退職", "flag"),
    Fact("pension_withholding.continuing", "年金特別徴収の継続者", "flag"),
    Fact("pension_withholding.previous_annual", "前年度の年税額（定額減税前）"),
)

RELATIVE_FACTS: tuple[Fact, ...] = (
    Fact("age", "前年12月31日の年齢", "count", "relative_age"),
    Fact("birth", "生年月日", "date"),
    Fact("relation", "続柄", "text"),
    Fact("cohabit", "同居", "flag", "relative_cohabit"),
    Fact("category", "扶養親族の区分", "choice", "relative_category", CATEGORY),
    Fact("salary", "給与収入", column="relative_salary"),
    Fact("pension", "公的年金等の収入", column="relative_pension"),
    Fact("salary_income", "給与所得", column="relative_other_income"),
    Fact("other_income", "その他の所得", "signed", "relative_other_income"),
    Fact("total_income", "合計所得金額", column="relative_total_income"),
    Fact("disability", "障害者", "choice", "relative_disability", DISABILITY),
    Fact("overseas", "国外居住親族", "flag", "relative_overseas"),
    Fact(
        "overseas_qualified",
        "留学・38万円以上の送金等に当たる国外居住親族",
        "flag",
        "relative_overseas_qualified",
    ),
    Fact("student", "学生", "flag"),
    Fact("family_employee", "事業専従者", "flag", "relative_family_employee"),
)

STATED: dict[str, tuple[str, ...]] = {
    "salary_income": ("salary_income", "salary_income_without_pension"),
    "misc_pension": ("pension_income",),
    "ded_total_given": ("ded_total",),
    **{
        f"{name}_deduction_given": (f"ded_{name}",)
        for name in ("casualty", "medical", "social", "life", "quake", "disability", "spouse", "dependants")
    },
}
"""Facts that state a figure which a rule would give: they override it."""

BY_PATH = {fact.path: fact for fact in TAXPAYER_FACTS}
RELATIVE_BY_PATH = {fact.path: fact for fact in RELATIVE_FACTS}


def _column(fact: Fact, rows: Literal["taxpayer", "relative"]) -> FactColumn:
    unit = {"flag": "可否", "choice": "番号", "count": "人", "month": "年月"}.get(fact.kind, "円")
    return FactColumn(fact.target, fact.label, rows, fact.default, fact.kind == "flag", unit)


_DERIVED = (
    FactColumn("age_1_january", "賦課期日の年齢", "taxpayer", -1, unit="人"),
    FactColumn("relative_spouse", "配偶者", "relative", 0, is_flag=True, unit="可否"),
    FactColumn("relative_ascendant", "直系尊属", "relative", 0, is_flag=True, unit="可否"),
)
_NO_COLUMN = {"taxpayer.birth", "birth", "single", "relation", "student", "retirement.short_term"}

COLUMNS: dict[str, FactColumn] = {
    column.name: column
    for column in (
        *(_column(fact, "taxpayer") for fact in TAXPAYER_FACTS if fact.path not in _NO_COLUMN),
        *(_column(fact, "relative") for fact in RELATIVE_FACTS if fact.path not in _NO_COLUMN),
        *_DERIVED,
    )
}
"""The engine's fact columns by name."""
