"""What one person can try: every mutation of the schema, with arguments that fit what is there.

Each row of a query on the present state gives one try, so that what an earlier mutation made (a proposal, a
batch, a person) is tried by all later ones. A mutation without a place here fails the test.
"""

from collections.abc import Mapping, Sequence

from tests.proofs.alone.tries import (
    BESIDE,
    DAY,
    RESIDENT,
    Try,
    batch,
    by_id,
    circumstance,
    correction,
    fact,
    given,
    of_each,
    once,
    reply,
    resolution,
    seen,
    typed,
)

BEFORE = "2025-12-01"
PLACE = {
    "municipalityCode": "331015",
    "prefecture": "岡山県",
    "municipality": "岡山市北区",
    "town": "桜見町",
    "lot": "1番地",
}
NON_RESIDENTS = f"{BESIDE} WHERE r.kind = 'non_resident' AND r.known_to = 'infinity' ORDER BY p.id"
PEOPLE = "SELECT atena_number, version FROM atena.person ORDER BY id"
STATED = "SELECT id FROM shiryo.document WHERE tax_year = 2024 ORDER BY id LIMIT 1"
PAYER = {"senderCode": "0009", "senderName": "窓口", "version": "2020"}
VALUES = [
    {"name": name, "value": value}
    for name, value in {
        "document_type": "315",
        "payer_address": "岡山県岡山市北区大供１－１－１",
        "payer_name": "（株）見本",
        "correction": "0",
        "income_year": "06",
        "address": "岡山県岡山市北区中央町９００１番地",
        "name": "山田　太郎",
        "kana": "ﾔﾏﾀﾞ ﾀﾛｳ",
        "birth_era": "1",
        "birth_year": "55",
        "birth_month": "4",
        "birth_day": "5",
        "category": "給料・賞与",
        "payment": "900000",
        "municipality": "331007",
        "payer_number": "8000020130001",
        "recipient_number": "1",
    }.items()
]
FEED = {"sequence": 1, "reason": "住民記録に確認した"}
DEATH = {"kind": "DEATH", "atenaNumber": "000000000000001", "effectiveOn": BEFORE}
BRANCH = {"bankName": "見本銀行", "branchName": "本店", "validFrom": BEFORE}
ACCOUNT = {"accountKind": "ORDINARY", "accountNumber": "1234567", "holderKana": "ﾔﾏﾀﾞ", "validFrom": BEFORE}
NEW_STAFF = {"name": "新人", "department": "0101", "validFrom": BEFORE}

FIRST_ITEM = {
    "id": 1,
    "expectedVersion": 1,
    "resolution": "ATTACH",
    "reason": "本人と確認した",
    "atenaNumber": "000000000000001",
}

Tries = Mapping[str, Sequence[Try]]
TRIES: Tries = {
    # core: who works here, and jobs
    "signIn": [once(staffNumber="100001", password="", code="000000")],
    "refresh": [once(refreshToken="x")],
    "signOut": [once()],
    "changePassword": [once(currentPassword="x", newPassword="y" * 20)],
    "enrol": [once(staffNumber="100001", enrolmentCode="x", password="y" * 20)],
    "proposeStaff": [once(number="200001", roles=["tax_chief"], **NEW_STAFF)],
    "proposeEnrolment": [Try(lambda row: {"number": row[0]}, "SELECT number FROM core.staff")],
    "disableStaff": [Try(lambda row: {"number": row[0]}, "SELECT number FROM core.staff")],
    "proposeRole": [
        Try(lambda row: {"number": row[0], "role": "tax_chief"}, "SELECT number FROM core.staff"),
        Try(lambda row: {"number": row[0], "role": "administrator"}, "SELECT number FROM core.staff"),
    ],
    "approveAccountChange": [by_id("id", "core.account_change")],
    "rejectAccountChange": [by_id("id", "core.account_change")],
    "revokeRole": [
        Try(lambda row: {"number": row[0], "role": row[1]}, "SELECT staff_number, role FROM core.staff_role")
    ],
    "revokeSession": [Try(lambda row: {"id": str(row[0])}, "SELECT id FROM core.session")],
    "cancelJob": [Try(lambda row: {"id": str(row[0])}, "SELECT id FROM core.job ORDER BY id DESC LIMIT 3")],
    "resumeJob": [Try(lambda row: {"id": str(row[0])}, "SELECT id FROM core.job ORDER BY id DESC LIMIT 3")],
    # 宛名
    "registerNonResident": [
        given(
            name="高橋　新", kana="タカハシ　アラタ", birthDate="1999-01-01", address=PLACE, validFrom=BEFORE
        )
    ],
    "correctPerson": [
        of_each(NON_RESIDENTS, validFrom=BEFORE, birthDate="1950-01-01", address=PLACE),
        of_each(RESIDENT, validFrom=BEFORE, deathDate=BEFORE),
    ],
    "proposeMyNumber": [typed(f"{NON_RESIDENTS} LIMIT 1"), typed(RESIDENT)],
    "registerEmployer": [given(name="（株）新設", designationNumber="900001", validFrom=BEFORE)],
    "correctEmployer": [
        Try(
            lambda row: {
                "input": {
                    "designationNumber": row[0],
                    "expectedVersion": row[1],
                    "validFrom": DAY,
                    "name": "改名",
                }
            },
            "SELECT designation_number, version FROM atena.employer",
        )
    ],
    "protectPerson": [of_each(NON_RESIDENTS, validFrom=BEFORE)],
    "unprotectPerson": [of_each(NON_RESIDENTS, endsOn=DAY)],
    "setRecipient": [
        of_each(RESIDENT, kind="DELIVERY_ADDRESS", name="代理　人", address=PLACE, validFrom=BEFORE),
    ],
    "confirmMyNumber": [by_id("proposalId", "atena.number_proposal", myNumber="621498320257")],
    "rejectMyNumber": [by_id("proposalId", "atena.number_proposal")],
    "recordHandover": [
        given(
            taxYear=2024,
            vendorCode="V1",
            vendorName="（株）入力",
            contents="給与支払報告書",
            documents=1,
            listSha256="00" * 32,
            handedOn=BEFORE,
        )
    ],
    "noteHandover": [
        Try(
            lambda row: {
                "input": {"handoverId": row.id, "kind": "ERASED", "happenedOn": DAY, "reference": "1"}
            },
            "SELECT id FROM shiryo.handover",
        )
    ],
    "recordContact": [
        Try(
            lambda row: {
                "input": {
                    "atenaNumber": row[0],
                    "channel": "COUNTER",
                    "party": "SELF",
                    "evidence": ["PASSPORT"],
                    "subject": "申告の相談",
                }
            },
            "SELECT atena_number FROM atena.person WHERE id = 3",
        )
    ],
    "endRecipient": [of_each(RESIDENT, kind="DELIVERY_ADDRESS", endsOn=DAY)],
    "linkPerson": [
        Try(
            lambda row: {
                "input": {"atenaNumber": row[0], "expectedVersion": row[1], "primaryNumber": row[2]}
            },
            "SELECT p.atena_number, p.version, q.atena_number FROM atena.person p, atena.person q"
            " WHERE p.id = q.id + 1 AND p.id IN (3, 4)",
        )
    ],
    "unlinkPerson": [of_each(PEOPLE)],
    "resolveNumberCase": [
        Try(
            lambda row: {"input": {"id": row.id, "outcome": "CORRECTED", "note": "照会した"}},
            "SELECT id FROM atena.number_case",
        )
    ],
    "registerBankBranch": [given(code="0001-001", **BRANCH), given(code="0001-002", **BRANCH)],
    "mergeBankBranch": [given(code="0001-001", expectedVersion=1, successorCode="0001-002", mergedOn=DAY)],
    "closeBankBranch": [given(code="0001-001", expectedVersion=1, closesOn=DAY)],
    "setBankAccount": [of_each(RESIDENT, branchCode="0001-001", **ACCOUNT)],
    "endBankAccount": [of_each(RESIDENT, endsOn=DAY)],
    "proposeFeedRemedy": [given(**FEED, action="SKIP"), given(**FEED, action="REPLACE", replacement=DEATH)],
    "confirmFeedRemedy": [by_id("remedyId", "atena.feed_remedy")],
    "rejectFeedRemedy": [by_id("remedyId", "atena.feed_remedy")],
    "registerEltaxUser": [given(userId="abc12345678", atenaNumber="000000000000001", validFrom=BEFORE)],
    "endEltaxUser": [given(userId="abc12345678", expectedVersion=1, endsOn=DAY)],
    "resendPlatformMessage": [by_id("messageId", "atena.platform_message", note="確認した")],
    "closePlatformMessage": [by_id("messageId", "atena.platform_message", note="確認した")],
    # 課税資料
    "assignWorkItem": [seen("itemId", "shiryo.work_item", owner="100002")],
    "proposeResolution": [
        resolution("ATTACH", atenaNumber="000000000000002"),
        resolution("FORWARD", municipalityCode="332020"),
        resolution("RELEASE"),
        resolution("EXPLAIN"),
        resolution("REFUSE"),
        resolution("DROP"),
    ],
    "confirmResolution": [seen("itemId", "shiryo.work_item")],
    "rejectResolution": [seen("itemId", "shiryo.work_item")],
    "explainGap": [
        once(taxYear=2024, senderCode="0004", reason="廃業"),
        once(taxYear=2025, senderCode="0003", reason="廃業"),
    ],
    "expectSender": [once(taxYear=2025, senderCode="0003", documents=2)],
    "proposeCorrection": [
        Try(
            lambda row: {
                "input": {
                    "documentId": row.id,
                    "expectedVersion": row.version,
                    "reason": "原本と相違",
                    "values": [{"name": "payment", "value": "9000000"}],
                }
            },
            "SELECT d.id, (SELECT version FROM shiryo.work_item i WHERE i.document_id = d.id"
            " AND i.code = 'CORRECTION' AND i.state <> 'closed') AS version FROM shiryo.document d"
            " WHERE d.superseded_by IS NULL ORDER BY d.id LIMIT 1",
        )
    ],
    "keyDocument": [
        given(taxYear=2025, kind="salary_report", values=VALUES, reason="窓口で受領", **PAYER),
        Try(
            lambda row: {
                "input": {
                    **PAYER,
                    "taxYear": 2025,
                    "kind": "salary_report",
                    "values": VALUES,
                    "reason": "再入力",
                    "itemId": row.id,
                    "expectedVersion": row.version,
                }
            },
            "SELECT id, version FROM shiryo.work_item",
        ),
    ],
    "confirmKeying": [
        seen("itemId", "shiryo.work_item", numbers=[{"name": "payer_number", "value": "8000020130001"}]),
        seen("itemId", "shiryo.work_item"),
    ],
    # 新年度個人基本
    "closeBaseFinding": [seen("findingId", "shikakeisan.finding", reason="更正は不要")],
    "proposeCircumstance": [
        circumstance(2024, "WELFARE"),
        circumstance(2025, "WELFARE"),
        circumstance(2025, "HOUSE", "331023"),
        circumstance(2025, "TAXED_ELSEWHERE"),
        circumstance(2025, "WELFARE", back=True),
    ],
    "approveCircumstance": [seen("proposalId", "shikakeisan.circumstance_proposal")],
    "rejectCircumstance": [seen("proposalId", "shikakeisan.circumstance_proposal")],
    # 資料併合
    "startMerge": [once(taxYear=2024), once(taxYear=2025)],
    "assignMergeFinding": [seen("findingId", "shikakeisan.finding", owner="100002")],
    "proposeMergeFindingClosing": [seen("findingId", "shikakeisan.finding", reason="確認した")],
    "confirmMergeFindingClosing": [seen("findingId", "shikakeisan.finding")],
    "rejectMergeFindingClosing": [seen("findingId", "shikakeisan.finding")],
    "proposeFactDecision": [fact("social_insurance", 300_000), fact("salary", None)],
    "proposeFactDecisionEnding": [by_id("decisionId", "shikakeisan.decision", reason="誤り")],
    "approveFactDecision": [by_id("decisionId", "shikakeisan.decision")],
    "withdrawFactDecision": [by_id("decisionId", "shikakeisan.decision")],
    # 賦課計算
    "startAssessmentRun": [
        once(taxYear=2024, kind="INITIAL"),
        once(taxYear=2025, kind="INITIAL"),
        once(taxYear=2024, kind="DRY"),
        once(taxYear=2024, kind="SHADOW", municipality="141003"),
    ],
    # 賦課更正
    "proposeTaxCorrection": [
        correction("ex_officio", {"social_insurance": 1_000}),
        correction("ex_officio", {"salary": 9_000_000}, "a.outcome = 'undecided'"),
        correction("late_document", {}, documents=[5]),
    ],
    "approveTaxCorrection": [seen("proposalId", "shikakeisan.proposal")],
    "rejectTaxCorrection": [seen("proposalId", "shikakeisan.proposal")],
    "withdrawTaxCorrection": [seen("proposalId", "shikakeisan.proposal")],
    "proposeLateDocuments": [once(taxYear=2024, reason="期限後の資料")],
    "planCorrectionBatch": [
        batch(atenaNumbers=["000000000000001", "000000000000002"]),
        batch(finding="NO_DOCUMENT"),
        batch(byRules=True),
    ],
    "proposeCorrectionBatch": [seen("batchId", "shikakeisan.batch")],
    "lookAtSample": [by_id("proposalId", "shikakeisan.proposal")],
    "signOffCorrectionBatch": [seen("batchId", "shikakeisan.batch")],
    "rejectCorrectionBatch": [seen("batchId", "shikakeisan.batch")],
    # 扶養調査・所得照会、住民税申告書
    "makeInquiries": [given(taxYear=2024), given(taxYear=2025)],
    "sendInquiry": [seen("inquiryId", "shikakeisan.inquiry")],
    "cancelInquiry": [seen("inquiryId", "shikakeisan.inquiry")],
    "enterInquiryReply": [reply("NO_RECORD"), reply("INCOME", income=9_000_000)],
    "confirmInquiryReply": [seen("replyId", "shikakeisan.inquiry_reply")],
    "rejectInquiryReply": [seen("replyId", "shikakeisan.inquiry_reply")],
    "makeReturnForms": [
        Try(
            lambda row: {"input": {"taxYear": 2025, "expectedCount": row[0], "exclude": []}},
            "SELECT generate_series(1, 4)",
        )
    ],
}

NARROW: Tries = {name: tries[:1] for name, tries in TRIES.items()}
"""Every mutation in one way: for three steps."""
PROCESSES = (
    *(
        "proposeResolution",
        "confirmResolution",
        "explainGap",
        "keyDocument",
        "proposeCorrection",
        "confirmKeying",
    ),
    *("proposeCircumstance", "approveCircumstance", "proposeFactDecision", "approveFactDecision"),
    *("proposeTaxCorrection", "approveTaxCorrection", "proposeFeedRemedy", "confirmFeedRemedy"),
    *("enterInquiryReply", "confirmInquiryReply", "proposeMyNumber", "confirmMyNumber"),
)
"""What is proposed by one and confirmed by another, without a batch."""
BRIEF: Tries = {name: TRIES[name][:1] for name in PROCESSES}
"""For every run."""
BY_ANOTHER: Tries = {
    "proposeResolution": [once(input=FIRST_ITEM)],
    "explainGap": TRIES["explainGap"][:1],
    "keyDocument": TRIES["keyDocument"][:1],
    "proposeCircumstance": TRIES["proposeCircumstance"][:1],
    "proposeFactDecision": TRIES["proposeFactDecision"][:1],
    "proposeTaxCorrection": TRIES["proposeTaxCorrection"][:1],
    "proposeFeedRemedy": TRIES["proposeFeedRemedy"][:1],
    "enterInquiryReply": TRIES["enterInquiryReply"][:1],
    "proposeMyNumber": TRIES["proposeMyNumber"][:1],
}
"""What somebody else has proposed."""
