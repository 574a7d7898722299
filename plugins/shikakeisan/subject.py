"""Under which objects the access log knows a person of 賦課計算, in every year and every state.

A step over a whole city (base, merge, run, close) tells of nobody in particular; a batch, a making of forms
and an inquiry tell of those who were chosen for it.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Text, cast, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.access.subject import About, about
from core.storage.database import ReadSession
from plugins.atena.api import one_of, one_person
from plugins.shikakeisan.assessment.service import JOURNAL_TYPE as ASSESSMENT_TYPE
from plugins.shikakeisan.base.circumstances import JOURNAL_TYPE as CIRCUMSTANCE_TYPE
from plugins.shikakeisan.base.queries import year_rows
from plugins.shikakeisan.base.service import PERSON_JOURNAL_TYPE as BASE_TYPE
from plugins.shikakeisan.base.tables import circumstance_entry
from plugins.shikakeisan.correction.batches import JOURNAL_TYPE as BATCH_TYPE
from plugins.shikakeisan.correction.service import JOURNAL_TYPE as PROPOSAL_TYPE
from plugins.shikakeisan.correction.slips import JOURNAL_TYPE as SLIP_TYPE
from plugins.shikakeisan.correction.tables import contact_slip, proposal
from plugins.shikakeisan.forms.numbers import form_number
from plugins.shikakeisan.forms.queries import forms_of_persons
from plugins.shikakeisan.forms.service import FORM_TYPE
from plugins.shikakeisan.forms.service import JOURNAL_TYPE as FORM_RUN_TYPE
from plugins.shikakeisan.forms.tables import form
from plugins.shikakeisan.inquiry.replies import JOURNAL_TYPE as REPLY_TYPE
from plugins.shikakeisan.inquiry.service import CHECK_TYPE
from plugins.shikakeisan.inquiry.service import JOURNAL_TYPE as INQUIRY_TYPE
from plugins.shikakeisan.inquiry.tables import inquiry_person, inquiry_reply
from plugins.shikakeisan.merge.decisions import DECISION_TYPE
from plugins.shikakeisan.merge.service import BASIS_TYPE
from plugins.shikakeisan.merge.settling import FINDING_TYPE
from plugins.shikakeisan.merge.tables import claim, decision, finding

BY_YEAR = (ASSESSMENT_TYPE, BASE_TYPE, BASIS_TYPE, CHECK_TYPE)
"""Objects that are a person in a year: `2026:81`."""


def _entry(source: str, tax_year: Column[int], number: Column[int]) -> ColumnElement[str]:
    """Return the key of an entry of 扶養調査 about a relative whom nobody here knows."""
    return cast(tax_year, Text) + f":{source}:" + cast(number, Text)


BY_NUMBER: Sequence[tuple[str, ColumnElement[Any], Column[int]]] = (
    (CIRCUMSTANCE_TYPE, circumstance_entry.c.proposal_id, circumstance_entry.c.person_id),
    (DECISION_TYPE, decision.c.id, decision.c.person_id),
    (FINDING_TYPE, finding.c.id, finding.c.person_id),
    (PROPOSAL_TYPE, proposal.c.id, proposal.c.person_id),
    (BATCH_TYPE, proposal.c.batch_id, proposal.c.person_id),
    (SLIP_TYPE, contact_slip.c.id, contact_slip.c.person_id),
    (INQUIRY_TYPE, inquiry_person.c.inquiry_id, inquiry_person.c.person_id),
    (REPLY_TYPE, inquiry_reply.c.id, inquiry_reply.c.person_id),
    (FORM_RUN_TYPE, form.c.run_id, form.c.person_id),
    (CHECK_TYPE, _entry("finding", finding.c.tax_year, finding.c.id), finding.c.person_id),
    (CHECK_TYPE, _entry("claim", claim.c.tax_year, claim.c.id), claim.c.taxpayer_id),
)
"""Objects with a number of their own, and the column in which the person stands."""


async def objects_of(session: ReadSession, atena_number: str) -> Sequence[About]:
    """Name the objects of one person, by whichever of their numbers (関連宛名)."""
    ids = list(await one_person(session, atena_number))
    years = [row.tax_year for row in await year_rows(session)]
    found = [about(kind, (f"{year}:{one}" for year in years for one in ids)) for kind in BY_YEAR]
    for kind, key, column in BY_NUMBER:
        chosen = select(key).where(one_of(ids)(column), key.is_not(None)).distinct()
        found.append(about(kind, await session.scalars(chosen)))
    concerned = finding.c.others.overlap(literal(ids, ARRAY(BigInteger)))
    found.append(about(FINDING_TYPE, await session.scalars(select(finding.c.id).where(concerned))))
    forms = await forms_of_persons(session, ids)
    found.append(about(FORM_TYPE, (form_number(row.tax_year, row.serial) for row in forms)))
    return list(chain(*found))
