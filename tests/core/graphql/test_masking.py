"""Masked fields: the value for some, asterisks for others, a refusal for the rest; reasons where needed."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types import ExecutionResult

from core.access.actor import Actor, ActorKind
from core.access.permission import Permission
from core.errors import JuminzeiError
from core.graphql.analysis import metadata_of
from core.graphql.fields import PERMISSION, door
from core.graphql.masking import MASK as MASK_KEY
from core.graphql.masking import Masked, NeedsReason

READ = Permission("atena.my_number", "read")
MASK = Permission("atena.my_number", "mask")
VALUE = "123456789018"


@dataclass
class Vault:
    """Counts how often the real value was asked for."""

    opened: int = 0

    def open(self) -> str:
        self.opened += 1
        return VALUE


@strawberry.type
class Query:
    @door(READ, "個人番号", extensions=[Masked(MASK), NeedsReason()])
    async def number(self, info: strawberry.Info) -> str:
        return str(info.context.vault.open())

    @door(READ, "個人番号", extensions=[NeedsReason(), Masked(MASK, "***")])
    def number_at_once(self, info: strawberry.Info) -> str:
        return str(info.context.vault.open())


SCHEMA = strawberry.Schema(Query)


async def ask(field: str, *grants: Permission, reason: str = "窓口での照会") -> tuple[Vault, ExecutionResult]:
    vault, actor = Vault(), Actor(ActorKind.STAFF, "10001", grants=frozenset(grants))
    context = SimpleNamespace(actor=actor, vault=vault, reason=reason)
    result = await SCHEMA.execute(f"{{ {field} }}", context_value=context)
    assert isinstance(result, ExecutionResult)
    return vault, result


def code(result: ExecutionResult) -> str:
    [error] = result.errors or []
    assert isinstance(error.original_error, JuminzeiError)
    assert VALUE not in str(error)
    return error.original_error.code


@pytest.mark.parametrize(
    ("field", "grants", "shown", "opened"),
    [
        ("number", (READ,), VALUE, 1),
        ("number", (READ, MASK), VALUE, 1),
        ("number", (MASK,), "************", 0),
        ("numberAtOnce", (READ,), VALUE, 1),
        ("numberAtOnce", (MASK,), "***", 0),
    ],
)
async def test_what_is_shown(field: str, grants: tuple[Permission, ...], shown: str, opened: int) -> None:
    vault, result = await ask(field, *grants)
    assert (result.errors, result.data) == (None, {field: shown})
    assert vault.opened == opened


@pytest.mark.parametrize("field", ["number", "numberAtOnce"])
@pytest.mark.parametrize(
    "grants", [(), (Permission("atena.person", "read"),), (Permission("atena.my_number", "write"),)]
)
async def test_without_either_permission_it_is_refused(field: str, grants: tuple[Permission, ...]) -> None:
    vault, result = await ask(field, *grants)
    assert code(result) == "FORBIDDEN"
    assert vault.opened == 0


@pytest.mark.parametrize("field", ["number", "numberAtOnce"])
@pytest.mark.parametrize("reason", ["", " ", "\u3000\t"])
async def test_the_value_needs_a_reason(field: str, reason: str) -> None:
    vault, result = await ask(field, READ, reason=reason)
    assert code(result) == "REASON_REQUIRED"
    assert vault.opened == 0


@pytest.mark.parametrize(("field", "shown"), [("number", "************"), ("numberAtOnce", "***")])
async def test_the_mask_needs_no_reason(field: str, shown: str) -> None:
    _, result = await ask(field, MASK, reason="")
    assert result.data == {field: shown}


def test_both_permissions_stand_in_metadata_and_description() -> None:
    stated = metadata_of(SCHEMA._schema.query_type.fields["number"])
    assert (stated[PERMISSION], stated[MASK_KEY]) == (READ, MASK)
    assert "Requires `atena.my_number:read`. Masked for `atena.my_number:mask`." in SCHEMA.as_str()


def test_building_two_schemas_describes_the_mask_once() -> None:
    assert strawberry.Schema(Query).as_str() == SCHEMA.as_str()


@pytest.mark.parametrize("extension", [Masked(MASK), NeedsReason()])
def test_a_field_without_a_permission_is_refused(extension: FieldExtension) -> None:
    @strawberry.type
    class Open:
        @strawberry.field(extensions=[extension])
        def number(self) -> str:
            return VALUE

    with pytest.raises(TypeError, match="field number states no permission"):
        strawberry.Schema(Open)
