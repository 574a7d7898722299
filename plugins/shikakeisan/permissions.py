"""What the fields of 賦課計算 ask for; policy.csv says who holds it."""

from core.access.permission import Permission

TRIAL = Permission("shikakeisan.trial", "read")
"""Trial calculations on facts that the caller brings: no stored person is read."""
YEAR = Permission("shikakeisan.year", "read")
"""How far a 課税年度 has come, in numbers: no person."""
BASE = Permission("shikakeisan.base", "read")
"""Who is taxed here on 1 January, and why somebody is not."""
BASE_MAKE = Permission("shikakeisan.base", "make")
"""Opening a year, making its base, taking late news of the register into it."""
BASE_SETTLE = Permission("shikakeisan.base", "settle")
"""Closing a finding about the base: changes nothing that is taxed."""
CIRCUMSTANCE_PROPOSE = Permission("shikakeisan.circumstance", "propose")
CIRCUMSTANCE_APPROVE = Permission("shikakeisan.circumstance", "approve")
"""Another person's proposals only: the service compares the numbers of the two."""
ASSESSMENT = Permission("shikakeisan.assessment", "read")
"""Persons' decided tax with its explanation and history."""
RUN = Permission("shikakeisan.run", "read")
"""Runs over the whole base: counts, sums, differences."""
RUN_START = Permission("shikakeisan.run", "run")
CORRECTION = Permission("shikakeisan.correction", "read")
CORRECTION_PROPOSE = Permission("shikakeisan.correction", "propose")
CORRECTION_APPROVE = Permission("shikakeisan.correction", "approve")
"""Another person's proposals only: the service compares the numbers of the two."""
CLOSING = Permission("shikakeisan.closing", "read")
"""Closes and the files that other systems got."""
CLOSING_MAKE = Permission("shikakeisan.closing", "make")
"""Making closes and files, at the terminal alone; changes nothing that is taxed."""
MERGE_READ = Permission("shikakeisan.merge", "read")
"""Merged facts with their origins, claims of relatives, findings, officers' decisions."""
MERGE_PROPOSE = Permission("shikakeisan.merge", "propose")
MERGE_APPROVE = Permission("shikakeisan.merge", "approve")
"""Another person's proposals only: the service compares the numbers of the two."""
MERGE_START = Permission("shikakeisan.merge", "run")
FORMS = Permission("shikakeisan.forms", "read")
"""Who gets a return form by which conditions: counts, runs, and each person's forms."""
FORMS_MAKE = Permission("shikakeisan.forms", "make")
"""Making return forms: papers that ask, nothing that is taxed."""
INQUIRY = Permission("shikakeisan.inquiry", "read")
"""Relatives who must be looked at, inquiries to other municipalities, and their replies."""
INQUIRY_WRITE = Permission("shikakeisan.inquiry", "write")
"""Making and sending inquiries, entering replies: changes nothing that is taxed."""
INQUIRY_CONFIRM = Permission("shikakeisan.inquiry", "confirm")
"""Another person's replies only: the service compares the numbers of the two."""
