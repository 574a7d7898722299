"""When other municipalities are asked to answer by, unless the officer says otherwise."""

from core.settings import Setting, whole

INQUIRY_DAYS: Setting[int] = Setting(
    "inquiry_days",
    whole(1, 180),
    30,
    "days after which the reply to an income inquiry (所得照会) is due, unless the officer names a day",
)
