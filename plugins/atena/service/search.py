"""From what a clerk typed to what is looked for; all faults of the conditions are reported at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from plugins.atena.partial_date import PartialDate
from plugins.atena.particulars import PERSON_CHECKS, Findings
from plugins.atena.queries.employers import EmployerSearch
from plugins.atena.queries.persons import PersonSearch
from plugins.atena.search_keys import address_key, kana_key, name_key
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.seal import blind_indexes

Fold = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The conditions as they were typed; None where nothing was."""

    number: str | None = None
    name: str | None = None
    kana: str | None = None
    birth_date: str | None = None
    my_number: str | None = None
    corporate_number: str | None = None
    address: str | None = None
    town: str | None = None


def person_search(wanted: Wanted, keys: Callable[[], Keyring], hidden_on: date | None = None) -> PersonSearch:
    """Fold the conditions; `keys` is asked only if a My Number is looked for. Raises InvalidInput.

    With `hidden_on` (a day), a search by address does not find those under 支援措置 on it.
    """
    findings = _checked(wanted)
    if wanted.birth_date is not None:
        findings.items(PERSON_CHECKS, {"birth_date": wanted.birth_date}, "search.")
    if wanted.my_number is not None:
        findings.my_number(wanted.my_number)
    findings.refuse()
    by_address = wanted.address is not None or wanted.town is not None
    return PersonSearch(
        atena_number=wanted.number,
        name_key=_folded(wanted.name, name_key),
        kana_key=_folded(wanted.kana, kana_key),
        birth=PartialDate.parse(wanted.birth_date) if wanted.birth_date is not None else None,
        blind_indexes=blind_indexes(keys(), wanted.my_number) if wanted.my_number is not None else (),
        address_key=_folded(wanted.address, address_key),
        town_key=_folded(wanted.town, address_key),
        hidden_on=hidden_on if by_address else None,
    )


def employer_search(wanted: Wanted) -> EmployerSearch:
    """Fold the conditions; raises InvalidInput."""
    _checked(wanted).refuse()
    return EmployerSearch(
        designation_number=wanted.number,
        corporate_number=wanted.corporate_number,
        name_key=_folded(wanted.name, name_key),
        kana_key=_folded(wanted.kana, kana_key),
    )


def _checked(wanted: Wanted) -> Findings:
    """A condition that folds to nothing would find everybody, so it is refused."""
    findings = Findings()
    if wanted == Wanted():
        findings.add("search", "required", "検索条件を1つ以上指定してください。")
    typed: tuple[tuple[str, str | None, Fold], ...] = (
        ("name", wanted.name, name_key),
        ("kana", wanted.kana, kana_key),
        ("address", wanted.address, address_key),
        ("town", wanted.town, address_key),
    )
    for field, text, fold in typed:
        if text is not None and not fold(text):
            findings.add(f"search.{field}", "required", "検索する文字を入力してください。")
    return findings


def _folded(text: str | None, fold: Fold) -> str | None:
    return None if text is None else fold(text)
