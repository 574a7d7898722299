"""The matrix of access rights: complete, both ways."""

from typing import Annotated

import strawberry

from core.access.permission import Permission
from core.access.policy import Policy
from core.graphql.fields import OPEN, Structure, column, door, guarded
from core.graphql.masking import Masked
from core.graphql.schema import HouseSchema
from schema.matrix import Doors, as_csv, doors, matrix, unused

READ, NUMBER = Permission("atena.person", "read"), Permission("atena.my_number", "read")
MASK = Permission("atena.my_number", "mask")
POLICY = Policy.load(
    {
        "x": "p, role:tax, atena.person, read\np, role:tax, atena.my_number, read\n"
        "p, role:other, atena.my_number, mask\np, role:other, ghost, read\n"
    }
)
FIELDS: Doors = {("Person", "name"): [READ], ("Person", "myNumber"): [NUMBER, MASK]}
EXPECTED = """subject,type,field,object,action,allowed
role:other,Person,myNumber,atena.my_number,read,no
role:other,Person,myNumber,atena.my_number,mask,yes
role:other,Person,name,atena.person,read,no
role:tax,Person,myNumber,atena.my_number,read,yes
role:tax,Person,myNumber,atena.my_number,mask,no
role:tax,Person,name,atena.person,read,yes
"""


@strawberry.type
class Person:
    name: str = column(READ, "氏名")

    @door(NUMBER, "個人番号", extensions=[Masked(MASK)])
    def my_number(self) -> str:
        return ""


@strawberry.type
class Page(Structure):
    people: list[Person] = column(OPEN, "個人")


@strawberry.input
class Search:
    name: str | None = None
    number: str | None = column(NUMBER, "個人番号", default=None)


@strawberry.type
class Query:
    @door(READ, "個人")
    def people(self, search: Search, number: Annotated[str, guarded(NUMBER, "個人番号")]) -> Page:
        return Page(people=[])


def test_the_matrix_holds_every_subject_field_and_action() -> None:
    assert as_csv(matrix(FIELDS, POLICY)) == EXPECTED


def test_the_fields_are_found_in_the_schema() -> None:
    assert doors(HouseSchema(Query).core) == {
        **FIELDS,
        ("Query", "people"): [READ],
        ("Query", "people(number)"): [NUMBER],
        ("Search", "number"): [NUMBER],
    }


def test_grants_that_no_field_asks_for_are_told() -> None:
    assert unused(FIELDS, POLICY) == [Permission("ghost", "read")]
