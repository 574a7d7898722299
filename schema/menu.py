"""`me { menu }`: the entries that the signed-in person may use, by the policy of the fields behind them."""

from collections.abc import Sequence

import strawberry

from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.parts import GraphQLParts
from core.identity.graphql.account import Me
from core.identity.graphql.types import ME
from core.menu import MenuEntry


@strawberry.type(description="メニューの項目")
class MenuItem:
    """An entry that a front end may show."""

    id: str = column(ME, "項目の識別子")
    label: str = column(ME, "表示名")


def menu_parts(entries: Sequence[MenuEntry]) -> GraphQLParts:
    """Add the menu of this deployment to `Me`."""

    @strawberry.type
    class MeMenu:
        @door(ME, "利用できるメニュー")
        def menu(self, info: Info) -> list[MenuItem]:
            """Only what the person may use; the server refuses the rest all the same."""
            usable = (entry for entry in entries if info.context.actor.may(entry.permission))
            return [MenuItem(id=entry.id, label=entry.label) for entry in usable]

    return GraphQLParts(additions={Me: MeMenu})
