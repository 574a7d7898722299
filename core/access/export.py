"""The whole matrix, for the review of access rights: who may do what with which field of the API."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter

from core.access.masking import MASK
from core.access.permission import Permission
from core.access.policy import Policy
from core.errors import StartError
from core.graphql.fields import PERMISSION

Doors = Mapping[
    tuple[str, str], Sequence[Permission]
]  # (type, field) → its permission, and its mask's if any


class Cell(NamedTuple):
    """One line of the matrix."""

    subject: str
    type: str
    field: str
    object: str
    action: str
    allowed: str


def doors(schema: strawberry.Schema) -> Doors:
    """Return every field of the composed schema that states a permission."""
    return {
        (name, field_name): permissions
        for name, field_name, metadata in _fields(schema)
        if (permissions := [metadata[key] for key in (PERMISSION, MASK) if key in metadata])
    }


def matrix(doors: Doors, policy: Policy) -> Iterator[Cell]:
    """Yield subject × field × action, allowed (`yes`) or not (`no`), nothing left out, in a stable order."""
    for subject in sorted(policy.subjects):
        granted = policy.grants([subject])
        for (type_name, field), permissions in sorted(doors.items()):
            for permission in permissions:
                yield Cell(subject, type_name, field, *permission, "yes" if permission in granted else "no")


def as_csv(cells: Iterator[Cell]) -> str:
    """Return the matrix as CSV with a heading."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Cell._fields)
    writer.writerows(cells)
    return out.getvalue()


def require_granted(doors: Doors, policy: Policy) -> None:
    """Raise StartError for the first field that nobody may open: a mistyped permission, a lost file."""
    for (type_name, field), permissions in sorted(doors.items()):
        for permission in permissions:
            if permission not in policy.permissions:
                raise StartError(
                    f"{type_name}.{field} asks for {permission}, which the policy grants to nobody"
                )


def unused(doors: Doors, policy: Policy) -> list[Permission]:
    """Return what is granted although no field asks for it: services may ask, a typo never does."""
    asked = {permission for permissions in doors.values() for permission in permissions}
    return sorted(policy.permissions - asked)


def _fields(schema: strawberry.Schema) -> Iterator[tuple[str, str, Mapping[str, Permission]]]:
    for name, kind in schema._schema.type_map.items():  # the built types: additions of plug-ins included
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            for field_name, field in kind.fields.items():
                declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
                yield name, field_name, getattr(declared, "metadata", {})
