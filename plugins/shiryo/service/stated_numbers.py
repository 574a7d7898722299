"""My Numbers that documents state, handed to 宛名 once the document has its person (checklist 039, 040).

Where the number itself led to the person there is nothing to hand over. Else 宛名 registers it if it is new,
or opens a case for 住基ネット; it never writes over what it knows.
"""

from collections.abc import Sequence

from core.work import Work
from plugins.atena.api import Keyring, is_my_number, take_number
from plugins.shiryo.queries import documents
from plugins.shiryo.service.showing import read_records


async def take_numbers(work: Work, keyring: Keyring, document_ids: Sequence[int]) -> None:
    """Hand over the numbers of documents that are attached; the document is their source."""
    if not document_ids:
        return
    rows = await documents.documents_by_id(work.session, document_ids)
    records = await read_records(work.session, keyring, list(rows.values()))
    for document_id, record in sorted(records.items()):
        number = record.identity.my_number
        if is_my_number(number):
            await take_number(work, keyring, rows[document_id].person_id, number, f"課税資料 {document_id}")
