"""The queries that `juminzei demo` prints for pasting."""

from collections.abc import Sequence

from core.demo.city import DemoCity, DemoQuery

SEARCH = """
query SearchPersons($kana: String!) {
  searchPersons(search: {kana: $kana}, first: 5) {
    edges { node { atenaNumber name kana birthDate address { municipality town lot } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
PERSON = """
query Person($number: String!) {
  person(atenaNumber: $number) {
    atenaNumber version kind name kana birthDate sex
    addresses { validFrom validTo postalCode prefecture municipality town lot building recordedAt }
    household { members { relation person { name } } }
    deliveryTarget { name reason }
    bankAccount { branchCode holderKana }
  }
}
"""
MY_NUMBER = """
query MyNumber($number: String!) {
  person(atenaNumber: $number) { atenaNumber name myNumber }
}
"""


def demo_queries(city: DemoCity) -> Sequence[DemoQuery]:
    """Offer a search by kana, one person with addresses, and a My Number shown or masked."""
    number: dict[str, object] = {"number": city.samples["person"]}
    return [
        DemoQuery("読み仮名で個人を探す", "tax_clerk", SEARCH, {"kana": city.samples["kana"]}),
        DemoQuery("個人の内容、住所の履歴、世帯、送り先、口座を見る", "tax_clerk", PERSON, number),
        DemoQuery(
            "個人番号（税務課は理由をX-Reasonに書くと見える。他課はマスク表示）",
            "other_office",
            MY_NUMBER,
            number,
        ),
    ]
