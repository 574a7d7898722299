"""What takes two people, read from the database and never from answers; what one does alone, and why.

An effect is a row of one of these queries that was not there before. They name everything by its number and
leave out moments, so that a row is the same whichever way it came about.
"""

from collections.abc import Mapping
from typing import NamedTuple

EFFECTS: Mapping[str, str] = {
    "decided tax": """
        SELECT tax_year, person_id, revision, outcome, ground, payable, digest
        FROM shikakeisan.assessment""",
    "document that counts": """
        SELECT d.id, a.person_id, d.amounts, d.items FROM shiryo.document d
        JOIN shiryo.attachment a ON a.document_id = d.id AND a.known_to = 'infinity'
        JOIN shiryo.file f ON f.id = d.file_id JOIN shiryo.delivery v ON v.id = f.delivery_id
        WHERE NOT d.is_held AND d.superseded_by IS NULL AND v.state = 'attached'""",
    "document that counts no longer": """
        SELECT d.id FROM shiryo.document d WHERE d.superseded_by IS NOT NULL
        UNION ALL SELECT document_id FROM shiryo.attachment WHERE known_to < 'infinity'""",
    "attached or forwarded by hand": """
        SELECT document_id, person_id::text FROM shiryo.attachment WHERE method = 'officer'
        UNION ALL SELECT document_id, municipality_code FROM shiryo.forwarding""",
    "explained difference of the ledger": """
        SELECT id, code, difference, proposal FROM shiryo.work_item WHERE state = 'closed'""",
    "finding settled": """
        SELECT id, code FROM shikakeisan.finding WHERE state = 'closed' AND stage <> 'base'""",
    "decision on a fact": """
        SELECT tax_year, person_id, path, value FROM shikakeisan.decision WHERE approved_by <> ''""",
    "decision taken back": """
        SELECT id FROM shikakeisan.decision WHERE approved_by <> '' AND known_to < 'infinity'""",
    "merged facts": """
        SELECT tax_year, person_id, facts FROM shikakeisan.basis WHERE known_to = 'infinity'""",
    "circumstance": """
        SELECT tax_year, person_id, kind, ward_code, known_to < 'infinity' AS ended
        FROM shikakeisan.circumstance""",
    "base of the year": """
        SELECT tax_year, person_id, standing, reason, ward_code, is_welfare, house_wards
        FROM shikakeisan.base_person WHERE known_to = 'infinity'""",
    "correction approved": "SELECT id FROM shikakeisan.proposal WHERE state = 'approved'",
    "batch signed off": "SELECT id FROM shikakeisan.batch WHERE state IN ('approved', 'done')",
    "reply of another municipality": """
        SELECT id, kind, income FROM shikakeisan.inquiry_reply WHERE state = 'confirmed'""",
    "close or file for others": """
        SELECT 'close' AS kind, id FROM shikakeisan.closing
        UNION ALL SELECT 'file', id FROM shikakeisan.transfer""",
    "message of the register set aside": "SELECT sequence FROM atena.feed_remedy WHERE outcome = 'confirmed'",
    "number typed by hand": """
        SELECT person_id, valid_from FROM atena.my_number WHERE source = '' AND known_to = 'infinity'""",
    "account": "SELECT number, name FROM core.staff",
    "role": "SELECT staff_number, role FROM core.staff_role",
    "enrolment code": "SELECT staff_number FROM core.enrolment WHERE used_at IS NULL",
}
DERIVED = frozenset({"merged facts", "base of the year"})
"""Functions of the others: two approvals together give rows that neither gives alone."""


class Alone(NamedTuple):
    """Effects that one person may bring about by a mutation, and why that decides nothing."""

    effects: frozenset[str]
    why: str


ALONE: Mapping[str, Alone] = {
    "startMerge": Alone(
        frozenset({"merged facts"}),
        "merged facts are a function of documents that count and of confirmed decisions; nobody chooses one",
    ),
    "startAssessmentRun": Alone(
        frozenset({"decided tax"}),
        "the first decision of a year is that of documents and law for everybody; it happens once, and a year"
        " with open items cannot come to it",
    ),
}

BY_DESIGN: Mapping[str, str] = {
    "signIn, refresh, signOut, changePassword, enrol": "one's own account",
    "disableStaff, revokeRole, revokeSession": "an administrator takes away: nobody gains by it",
    "cancelJob, resumeJob": (
        "a job does what it was queued for, in the name of who queued it; once cancelled, for nobody else"
    ),
    "registerNonResident, correctPerson, protectPerson, unprotectPerson": (
        "宛名 of 住登外者, from papers: history on two clocks and the access log; tax that was decided"
        " does not follow, it opens a finding"
    ),
    "registerEmployer, correctEmployer, registerEltaxUser, endEltaxUser": "no tax depends on them",
    "setRecipient, endRecipient, setBankAccount, endBankAccount": (
        "where notices and debits go: no amount changes"
    ),
    "registerBankBranch, mergeBankBranch, closeBankBranch": "the bank master, published by the banks",
    "recordContact": "a note of who came and how that was checked",
    "linkPerson, unlinkPerson": "nothing is merged by it, the reason is kept, and it is taken back whole",
    "resolveNumberCase": "notes how a case ended; the number that is registered does not change",
    "resendPlatformMessage, closePlatformMessage": "the platform gets what is registered, or nothing",
    "assignWorkItem, assignMergeFinding": "who looks at it",
    "expectSender": "one more line to be explained, never one less",
    "closeBaseFinding": "a reminder; the tax stays as it is decided, with or without it",
    "recordHandover, noteHandover": "what a vendor holds and reports: no document and no tax changes",
    "lookAtSample": "a note that one looked",
    "makeInquiries, sendInquiry, cancelInquiry": (
        "asking another municipality: nothing changes before a reply is entered and confirmed by two"
    ),
    "makeReturnForms": "papers that ask for a return: nobody's tax depends on having one",
}
"""Mutations that one person does alone, as far as they change anything: none of the effects above."""

BY_TWO = (
    *("proposeStaff", "proposeEnrolment", "proposeRole", "approveAccountChange", "rejectAccountChange"),
    *("proposeFeedRemedy", "confirmFeedRemedy", "rejectFeedRemedy"),
    *("proposeMyNumber", "confirmMyNumber", "rejectMyNumber"),
    *("proposeResolution", "confirmResolution", "rejectResolution", "explainGap"),
    *("proposeCorrection", "keyDocument", "confirmKeying"),
    *("proposeCircumstance", "approveCircumstance", "rejectCircumstance"),
    *("proposeMergeFindingClosing", "confirmMergeFindingClosing", "rejectMergeFindingClosing"),
    *("proposeFactDecision", "proposeFactDecisionEnding", "approveFactDecision", "withdrawFactDecision"),
    *("proposeTaxCorrection", "approveTaxCorrection", "rejectTaxCorrection", "withdrawTaxCorrection"),
    *("proposeLateDocuments", "planCorrectionBatch", "proposeCorrectionBatch"),
    *("signOffCorrectionBatch", "rejectCorrectionBatch"),
    *("enterInquiryReply", "confirmInquiryReply", "rejectInquiryReply"),
)
"""Steps of what takes two people."""
