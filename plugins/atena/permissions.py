"""What the fields of 宛名 ask for; policy.csv says who holds it."""

from core.access.permission import Permission

PERSON = Permission("atena.person", "read")
PERSON_WRITE = Permission("atena.person", "write")
EMPLOYER = Permission("atena.employer", "read")
EMPLOYER_WRITE = Permission("atena.employer", "write")
MY_NUMBER = Permission("atena.my_number", "read")
MY_NUMBER_MASK = Permission("atena.my_number", "mask")
MY_NUMBER_SEARCH = Permission("atena.my_number", "search")
MY_NUMBER_WRITE = Permission("atena.my_number", "write")
PROTECTED_ADDRESS = Permission("atena.protected_address", "read")
PROTECTION_WRITE = Permission("atena.protection", "write")
PERSON_LINK = Permission("atena.person", "link")
NUMBER_CASE = Permission("atena.number_case", "read")
NUMBER_CASE_RESOLVE = Permission("atena.number_case", "resolve")
ACCOUNT = Permission("atena.bank_account", "read")
ACCOUNT_WRITE = Permission("atena.bank_account", "write")
BANK = Permission("atena.bank", "read")
BANK_WRITE = Permission("atena.bank", "write")
FEED = Permission("atena.feed", "read")
FEED_REMEDY = Permission("atena.feed", "remedy")
