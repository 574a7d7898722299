"""応対記録: how it was checked who came, wrote or called (番号利用法16条), and an agent's authority."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import NotFound
from core.work import Work
from plugins.atena.check_digits import is_my_number
from plugins.atena.particulars import Findings, text
from plugins.atena.queries import contacts, persons

JOURNAL_TYPE = "atena.person"
AGENT = "agent"
_SUBJECT = text(200, required=True)
_TWELVE_DIGITS = re.compile(r"(?<!\d)\d{12}(?!\d)")


@dataclass(frozen=True, slots=True)
class Contact:
    """What is noted: the codes of `atena.contact`; `authority` is '' for whoever came for themselves."""

    channel: str
    party: str
    evidence: Sequence[str]
    authority: str
    subject: str


async def record_contact(work: Work, atena_number: str, said: Contact) -> None:
    """Note who came about a person. Raises InvalidInput with all findings, NotFound."""
    _check(said)
    ids = await persons.ids_of(work.session, [atena_number])
    if atena_number not in ids:
        raise NotFound
    values = {
        "person_id": ids[atena_number],
        "channel": said.channel,
        "party": said.party,
        "evidence": sorted(set(said.evidence)),
        "authority": said.authority,
        "subject": said.subject,
        "recorded_by": work.staff,
        "recorded_at": work.now,
    }
    await contacts.add_contact(work.session, values)
    work.journal.wrote(JOURNAL_TYPE, atena_number, {"contact"})


def _check(said: Contact) -> None:
    findings = Findings()
    findings.items({"subject": _SUBJECT}, {"subject": said.subject})
    if any(is_my_number(digits) for digits in _TWELVE_DIGITS.findall(said.subject)):
        findings.add("subject", "my-number", "個人番号は用件に書かないでください。")
    if not said.evidence:
        findings.add("evidence", "required", "本人確認に使った書類などを1つ以上指定してください。")
    if said.party == AGENT and not said.authority:
        findings.add("authority", "required", "代理人のときは、代理権を確認した書類を指定してください。")
    if said.party != AGENT and said.authority:
        findings.add("authority", "self", "本人のときは、代理権の書類を指定しないでください。")
    findings.refuse()
