"""The whole matrix, for the review of access rights: who may do what with which field of the API."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from core.access.permission import Permission
from core.access.policy import Policy
from core.graphql.analysis import metadata_of
from core.graphql.fields import OPEN, PERMISSION
from core.graphql.masking import MASK

WITH_FIELDS = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType
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


def doors(schema: GraphQLSchema) -> Doors:
    """Return every field, input field and argument of the composed schema that states a permission."""
    return {
        (name, field): permissions
        for name, field, metadata in _stated(schema)
        if (permissions := [metadata[key] for key in (PERMISSION, MASK) if metadata.get(key, OPEN) != OPEN])
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


def unused(doors: Doors, policy: Policy) -> list[Permission]:
    """Return what is granted although no field asks for it: services may ask, a typo never does."""
    asked = {permission for permissions in doors.values() for permission in permissions}
    return sorted(policy.permissions - asked)


def _stated(schema: GraphQLSchema) -> Iterator[tuple[str, str, Mapping[str, Permission]]]:
    """Yield (type, field, metadata) of all built types, additions of plug-ins included."""
    for name, kind in schema.type_map.items():
        if name.startswith("__") or not isinstance(kind, WITH_FIELDS):
            continue
        for field_name, field in kind.fields.items():
            yield name, field_name, metadata_of(field)
            for argument_name, argument in getattr(field, "args", {}).items():
                yield name, f"{field_name}({argument_name})", metadata_of(argument)
