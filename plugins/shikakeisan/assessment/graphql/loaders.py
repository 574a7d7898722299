"""Batched look-ups of what hangs on persons."""

from collections.abc import Sequence
from datetime import datetime

from plugins.shikakeisan.assessment import queries
from plugins.shikakeisan.base.graphql.loaders import Rows, RowsByMoment


class AssessmentsByPerson(RowsByMoment):
    """The revisions in force, one for each year."""

    async def fetch_at(self, person_ids: Sequence[int], moment: datetime) -> Rows:
        """Return the rows of `queries`."""
        return await queries.of_persons(self.session, person_ids, moment)
