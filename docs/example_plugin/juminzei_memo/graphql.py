"""What the memos bring into the schema: a list on `Person`, and a mutation that adds to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Row

from core.access.permission import Permission
from core.errors import Invalid, NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.loaders import Loader
from juminzei_memo.queries import add_memo, memos_by_person
from plugins.atena.api import Moment, Person, person_ids, persons_by_id

READ = Permission("memo.memo", "read")
WRITE = Permission("memo.memo", "write")
LONGEST = 500


class MemosByPerson(Loader[int, Sequence[Row[Any]]]):
    """The memos of a person; one statement for all persons of an answer."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the memos by person."""
        return await memos_by_person(self.session, keys)


@strawberry.type(description="メモ")
class Memo:
    """A note on a person."""

    text: str = column(READ, "本文")
    written_by: str = column(READ, "書いた職員の職員番号")
    written_at: datetime = column(READ, "書いた日時")


@strawberry.type
class PersonMemos:
    """The fields that this plug-in adds to `Person`."""

    @door(READ, "メモ（新しい順）")
    async def memos(self, person: strawberry.Parent[Person], info: Info) -> list[Memo]:
        """Return the person's memos."""
        rows = await info.context.loader(MemosByPerson).load(person.id)
        return [Memo(text=row.text, written_by=row.written_by, written_at=row.written_at) for row in rows]


@strawberry.type
class MemoMutation:
    """What changes memos."""

    @door(WRITE, "個人にメモを付ける")
    async def write_memo(self, info: Info, atena_number: str, text: str) -> Person:
        """Add a memo to a person; raises Invalid, NotFound."""
        if not 1 <= len(text) <= LONGEST:
            raise Invalid(
                f"メモは1文字以上{LONGEST}文字以内で入力してください。", field="text", rule="length"
            )
        context = info.context
        moment = Moment(context.clock.today())
        people = await persons_by_id(
            context.read, list((await person_ids(context.read, [atena_number])).values()), moment
        )
        if not people:
            raise NotFound
        (person,) = people.values()
        await add_memo(context.write, person.id, text, context.actor.number, context.clock.now())
        context.journal.wrote(Person.journal_type, person.atena_number, {"memos"})
        return person
