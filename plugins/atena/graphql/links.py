"""Several numbers of one person, and who may have some, by GraphQL."""

import asyncio
from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from core.graphql.context import Info
from core.graphql.fields import OPEN, Structure, column, door
from core.graphql.masking import require_reason
from core.graphql.pages import Connection, Edge, connection, page_of
from plugins.atena.graphql.common import person_after
from plugins.atena.graphql.inputs import INPUT, required
from plugins.atena.graphql.loaders import (
    CandidatesByPerson,
    LinkedByPrimary,
    LinkHistoryByPerson,
    PersonByKey,
    PersonKey,
    PrimaryByPerson,
)
from plugins.atena.graphql.types import Person, is_hidden
from plugins.atena.permissions import PERSON, PERSON_LINK
from plugins.atena.queries.candidates import Pair, pairs_after
from plugins.atena.queries.persons import Moment
from plugins.atena.sameness import Sameness, without_address
from plugins.atena.service import links
from plugins.atena.service.candidates import Candidate, judged

CURSOR = (int, int, int)
MOST = 50
"""How many candidates of one person are shown; more are noise."""


@strawberry.enum(description="同一人の可能性の理由")
class SamenessReason(Enum):
    """What speaks for it, or against."""

    SAME_NUMBER = strawberry.enum_value("same_number", description="個人番号が同じ")
    SAME_NAME = strawberry.enum_value("same_name", description="氏名が同じ（異体字を含む）")
    SAME_KANA = strawberry.enum_value("same_kana", description="読み仮名が同じ")
    SAME_BIRTH_DATE = strawberry.enum_value("same_birth_date", description="生年月日が同じ")
    SAME_ADDRESS = strawberry.enum_value("same_address", description="同じ住所に住んだことがある")
    DIFFERENT_NUMBERS = strawberry.enum_value("different_numbers", description="個人番号が異なる（否定）")
    BOTH_RESIDENTS = strawberry.enum_value("both_residents", description="2人とも現在の住民（否定）")


@strawberry.type(description="同一人の候補。自動では設定されない")
class SamePersonCandidate(Structure):
    """Two numbers that may be one person's."""

    one: Person = column(OPEN, "個人")
    other: Person = column(OPEN, "同一人の可能性がある個人")
    score: int = column(PERSON, "点数（0から100）")
    enough: bool = column(PERSON, "関連宛名を設定する根拠として足りるか。氏名と生年月日だけでは足りない")
    reasons: list[SamenessReason] = column(PERSON, "理由")


@strawberry.type(description="関連宛名の設定と解除の履歴")
class PersonLink:
    """One link, from when to when it was set."""

    primary_number: str = column(PERSON, "代表の宛名番号")
    linked_at: datetime = column(PERSON, "設定日時")
    unlinked_at: datetime | None = column(PERSON, "解除日時。設定中はnull")


@strawberry.type
class PersonLinks:
    """Fields of a person about their other numbers."""

    @door(PERSON, "関連宛名の代表。設定がないか、本人が代表のときはnull")
    async def primary(self, person: strawberry.Parent[Person], info: Info) -> Person | None:
        """Return whose other number this is."""
        primary_id = await info.context.loader(PrimaryByPerson).load(PersonKey(person.id, person.moment))
        return await _person(info, primary_id, person.moment) if primary_id is not None else None

    @door(PERSON, "この個人を代表とする関連宛名")
    async def linked(self, person: strawberry.Parent[Person], info: Info) -> list[Person]:
        """Return the other numbers of this person."""
        ids = await info.context.loader(LinkedByPrimary).load(PersonKey(person.id, person.moment))
        people = await asyncio.gather(*(_person(info, each, person.moment) for each in ids))
        return [each for each in people if each is not None]

    @door(PERSON, "関連宛名の設定と解除の履歴（古い順）")
    async def link_history(self, person: strawberry.Parent[Person], info: Info) -> list[PersonLink]:
        """Return every link this number ever had."""
        return [
            PersonLink(
                primary_number=row.atena_number,
                linked_at=row.known_from,
                unlinked_at=row.unlinked_at,
            )
            for row in await info.context.loader(LinkHistoryByPerson).load(person.id)
        ]

    @door(PERSON_LINK, "同一人の候補（点数の高い順、50件まで）。個人番号が同じ人が先頭")
    async def same_person_candidates(
        self, person: strawberry.Parent[Person], info: Info
    ) -> list[SamePersonCandidate]:
        """Return who may be the same person."""
        key = PersonKey(person.id, Moment(info.context.clock.today()))
        found = await info.context.loader(CandidatesByPerson).load(key)
        shown = await asyncio.gather(*(_candidate(info, each, person.id) for each in found[:MOST]))
        return [each for each in shown if each is not None]


@strawberry.type
class CandidateQuery:
    """The list of all candidates."""

    @door(PERSON_LINK, "同一人の候補の一覧。個人番号が同じ組が先頭")
    async def same_person_candidates(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[SamePersonCandidate]:
        """Return a page of pairs."""
        page = page_of(info, first, after, CURSOR)
        session = info.context.read
        behind = None if page.after is None else Pair(*(int(str(part)) for part in page.after))
        pairs = await pairs_after(session, behind, page.size + 1)
        found = await judged(session, pairs, info.context.clock.today())
        shown_of = await asyncio.gather(*(_candidate(info, each, each.pair.one) for each in found))
        nodes = {each.pair: node for each, node in zip(found, shown_of, strict=True)}
        shown = connection(pairs, page, node=nodes.get, key=tuple)
        edges = [Edge(node=edge.node, cursor=edge.cursor) for edge in shown.edges if edge.node is not None]
        return Connection(edges=edges, page_info=shown.page_info)


@strawberry.input(description="関連宛名の設定")
class LinkPersonInput:
    """Whose other number it is."""

    atena_number: str = required("関連宛名にする宛名番号")
    expected_version: int = required("画面に表示した版")
    primary_number: str = required("代表の宛名番号")


@strawberry.input(description="関連宛名の解除")
class UnlinkPersonInput:
    """Which number is a person of its own again."""

    atena_number: str = required("関連宛名を解除する宛名番号")
    expected_version: int = required("画面に表示した版")


@strawberry.type
class LinkMutation:
    """What links and unlinks; both ask for a reason, which the access log keeps."""

    @door(PERSON_LINK, "関連宛名を設定する。理由（X-Reason）が必要")
    async def link_person(self, info: Info, given: Annotated[LinkPersonInput, INPUT]) -> Person:
        """Say that two numbers are one person's."""
        require_reason(info.context.reason)
        number = given.atena_number
        await links.link(info.context.work, number, given.expected_version, given.primary_number)
        return await person_after(info, number)

    @door(PERSON_LINK, "関連宛名を解除する。理由（X-Reason）が必要")
    async def unlink_person(self, info: Info, given: Annotated[UnlinkPersonInput, INPUT]) -> Person:
        """Take a link back."""
        require_reason(info.context.reason)
        await links.unlink(info.context.work, given.atena_number, given.expected_version)
        return await person_after(info, given.atena_number)


async def _person(info: Info, person_id: int, moment: Moment) -> Person | None:
    row = await info.context.loader(PersonByKey).load(PersonKey(person_id, moment))
    return Person.of(row, moment) if row is not None else None


async def _candidate(info: Info, found: Candidate, seen_from: int) -> SamePersonCandidate | None:
    """Show a pair as of today, `seen_from` first; one of whom nothing is known today is no candidate."""
    moment = Moment(info.context.clock.today())
    pair = found.pair
    other_id = pair.other if pair.one == seen_from else pair.one
    one, other = await asyncio.gather(_person(info, seen_from, moment), _person(info, other_id, moment))
    if one is None or other is None:
        return None
    outcome = await sameness_shown(info, found.sameness, pair.one, pair.other)
    return SamePersonCandidate(
        one=one,
        other=other,
        score=outcome.score,
        enough=outcome.enough,
        reasons=[SamenessReason[reason.name] for reason in outcome.reasons],
    )


async def sameness_shown(info: Info, found: Sameness, *person_ids: int) -> Sameness:
    """Return what may be told of a likeness: nothing of an address that is hidden from who asks."""
    hidden = await asyncio.gather(*(is_hidden(each, info) for each in person_ids))
    return without_address(found) if any(hidden) else found
