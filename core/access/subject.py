"""Of whom the access log tells: the objects under which it knows one subject (本人), and while it did.

The log names objects by type and id. Whoever asks who has looked at them learns of every object that the
plug-ins name (hook `objects_of_subject`), those of the past too.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple


class About(NamedTuple):
    """An object of the access log that tells of a subject.

    What was done with it counts from `since` on and before `until`, by the application's clock; None: always.
    Both stand with what was taken for the subject's and is somebody else's: what is done with it afterwards
    is that person's business.
    """

    object_type: str
    object_id: str
    since: datetime | None = None
    until: datetime | None = None


def about(object_type: str, object_ids: Iterable[object]) -> Iterator[About]:
    """Yield objects of one type that tell of the subject, whenever something was done with them."""
    return (About(object_type, str(object_id)) for object_id in object_ids)
