"""Composition: what plug-ins bring becomes one schema; what does not fit stops the start with one line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
import strawberry
from click.testing import CliRunner

from core.access.permission import Permission
from core.access.policy import Policy
from core.errors import StartError
from core.graphql.fields import OPEN, Structure, column, door, guarded
from core.graphql.masking import Masked
from core.graphql.parts import GraphQLParts
from core.graphql.schema import HouseSchema
from core.menu import MenuEntry
from schema import commands
from schema import compose as composing
from schema.compose import compose, owner_of

READ = Permission("house.person", "read")
MASK = Permission("house.person", "mask")
NOBODY = Permission("house.nobody", "read")
POLICY = Policy.load({"house": "p, role:clerk, house.person, read\np, role:clerk, house.person, mask\n"})


@strawberry.type
class Person:
    id: str = column(READ, "番号")


@strawberry.type
class People:
    @door(READ, "人")
    def person(self) -> Person:
        return Person(id="1")


@strawberry.type
class Tax:
    @door(READ, "税額")
    def tax(self, person: strawberry.Parent[Person]) -> str:
        return f"tax of {person.id}"


OWNER = GraphQLParts(query=(People,))
EXTENDER = GraphQLParts(additions={Person: Tax})


def piece(field: Any, name: str = "Piece", *, base: type = object) -> type:
    made: type = strawberry.type(type(name, (base,), {"extra": field}))
    return made


def extra(permission: Permission = READ, **options: Any) -> Any:
    def resolver() -> str:
        return ""

    return door(permission, "項目", **options)(resolver)


async def test_an_added_field_is_there() -> None:
    schema = compose([OWNER, EXTENDER], POLICY)

    result = await schema.execute("{ person { id tax } }")

    assert result.errors is None
    assert result.data == {"person": {"id": "1", "tax": "tax of 1"}}


async def test_with_the_extender_off_the_field_is_gone() -> None:
    schema = compose([OWNER], POLICY)

    result = await schema.execute("{ person { id tax } }")

    assert "tax" not in schema.as_str()
    assert result.data is None


def test_roots_are_merged_in_order() -> None:
    schema = compose(
        [OWNER, GraphQLParts(query=(piece(extra()),), mutation=(piece(extra(), "Change"),))], POLICY
    )

    assert list(schema.core.query_type.fields) == ["person", "extra"]  # type: ignore[union-attr]
    assert list(schema.core.mutation_type.fields) == ["extra"]  # type: ignore[union-attr]
    assert schema.core.subscription_type is None


def argument_piece(permission: Permission) -> type:
    def resolver(value: Annotated[str, guarded(permission, "値")]) -> str:
        return value

    return piece(door(READ, "項目")(resolver))


def input_piece(permission: Permission) -> type:
    given: Any = type("Given", (), {"__annotations__": {"value": str}, "value": column(permission, "値")})
    kind = strawberry.input(given)

    def resolver(given: Any) -> str:
        return str(given)

    resolver.__annotations__["given"] = kind
    return piece(door(READ, "項目")(resolver))


def bare_piece() -> type:
    made: type = strawberry.type(type("Bare", (), {"__annotations__": {"x": str}, "x": column(READ, "値")}))
    return made


REFUSED = {
    "no query": ([GraphQLParts(mutation=(piece(extra()),))], "no plug-in brings a query"),
    "a root field twice": (
        [OWNER, GraphQLParts(query=(piece(extra()), piece(extra(), "Other")))],
        "field Query.extra is defined by both",
    ),
    "an added field twice": (
        [OWNER, EXTENDER, GraphQLParts(additions={Person: Tax})],
        "field Person.tax is defined by both",
    ),
    "an added field that the owner has": (
        [OWNER, GraphQLParts(additions={Person: strawberry.type(type("X", (), {"id": extra()}))})],
        "field Person.id is defined by both",
    ),
    "an added field without a resolver": (
        [OWNER, GraphQLParts(additions={Person: bare_piece()})],
        "adds Person.x without a resolver",
    ),
    "a field without a permission": (
        [OWNER, GraphQLParts(query=(piece(strawberry.field(resolver=lambda: "", graphql_type=str)),))],
        "field Query.extra of tests states no permission",
    ),
    "a permission that nobody has": (
        [OWNER, GraphQLParts(query=(piece(extra(NOBODY)),))],
        "Query.extra asks for house.nobody:read, which no policy grants",
    ),
    "a mask that nobody has": (
        [OWNER, GraphQLParts(query=(piece(extra(extensions=[Masked(NOBODY)])),))],
        "Query.extra asks for house.nobody:read, which no policy grants",
    ),
    "an argument that nobody may give": (
        [OWNER, GraphQLParts(query=(argument_piece(NOBODY),))],
        "Query.extra(value) asks for house.nobody:read, which no policy grants",
    ),
    "an input field that nobody may fill in": (
        [OWNER, GraphQLParts(query=(input_piece(NOBODY),))],
        "Given.value asks for house.nobody:read, which no policy grants",
    ),
    "an open field outside of a structure": (
        [OWNER, GraphQLParts(query=(piece(extra(OPEN)),))],
        "Query.extra of tests is open, but its type no Structure",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_stops_the_start(case: str) -> None:
    parts, words = REFUSED[case]

    with pytest.raises(StartError) as refusal:
        compose(parts, POLICY)

    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_type_name_given_twice_names_both_owners() -> None:
    other: Any = strawberry.type(type("Person", (), {"x": extra()}))
    other.__module__ = "plugins.atena.graphql"

    def resolver() -> Any:
        return other()

    resolver.__annotations__["return"] = other
    second = piece(door(READ, "もう一人")(resolver))

    with pytest.raises(StartError, match=r"type Person is defined by both atena and tests"):
        compose([OWNER, GraphQLParts(query=(second,))], POLICY)


@pytest.mark.parametrize(
    ("module", "owner"),
    [
        ("plugins.atena.graphql.person", "atena"),
        ("core.identity.graphql", "core"),
        ("other_house", "other_house"),
    ],
)
def test_owners_are_named_by_their_modules(module: str, owner: str) -> None:
    assert owner_of(type("X", (), {"__module__": module})) == owner


def test_a_structure_may_be_open() -> None:
    kind = piece(extra(OPEN), "Envelope", base=Structure)

    def resolver() -> Any:
        return kind()

    resolver.__annotations__["return"] = kind
    envelope = strawberry.type(type("Q", (), {"envelope": door(READ, "封筒")(resolver)}))

    sdl = compose([GraphQLParts(query=(envelope,))], POLICY).as_str()

    assert 'type Envelope {\n  """項目"""\n  extra: String!\n}' in sdl


def test_descriptions_state_permissions() -> None:
    assert "Requires `house.person:read`." in compose([OWNER], POLICY).as_str()


@dataclass
class FakePlugins:
    """Stands in for the loaded plug-ins: composition asks for their parts only."""

    parts: list[GraphQLParts]

    def answers(self, hook: str) -> list[GraphQLParts]:
        assert hook == "graphql"
        return self.parts

    def gather(self, hook: str) -> list[MenuEntry]:
        assert hook == "menu"
        return []


@dataclass
class FakeRuntime:
    plugins: FakePlugins
    policy: Policy = POLICY


@pytest.fixture
def _without_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The menu is added to `Me`, which the small house here does not have."""
    monkeypatch.setattr(composing, "menu_parts", lambda _entries: GraphQLParts())


@pytest.mark.usefixtures("_without_menu")
def test_a_runtime_is_composed_of_what_its_plugins_answer() -> None:
    runtime: Any = FakeRuntime(FakePlugins([OWNER, EXTENDER]))

    assert isinstance(composing.compose_schema(runtime), HouseSchema)


@pytest.mark.usefixtures("_without_menu")
def test_export_and_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "SDL", tmp_path / "schema.graphql")
    house, smaller = (FakeRuntime(FakePlugins(parts)) for parts in ([OWNER, EXTENDER], [OWNER]))
    run = CliRunner().invoke

    assert run(commands.schema_group, ["check"], obj=house).exit_code == 1
    assert run(commands.schema_group, ["export"], obj=house).exit_code == 0
    assert run(commands.schema_group, ["check"], obj=house).exit_code == 0
    assert run(commands.schema_group, ["check"], obj=smaller).exit_code == 1
    printed = run(commands.schema_group, ["export", "--output", "-"], obj=house)
    assert printed.output == (tmp_path / "schema.graphql").read_text(encoding="utf-8")
