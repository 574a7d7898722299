"""The relation between two people of a household, from their relations to its head (住民票の続柄)."""

from plugins.shikakeisan.merge.book import Codes
from plugins.shikakeisan.merge.people import MALE, BasePerson, Kin


def register_relation(codes: Codes, person: BasePerson, kin: Kin) -> str:
    """Return what the relative is to the taxpayer if it is a parent or grandparent, else an empty text.

    Only within one household, and only what the two entries tell beyond doubt.
    """
    if not person.household_number or person.household_number != kin.household_number:
        return ""
    words = codes.relations
    own, other = person.relation, kin.relation
    if own in words["head"]:
        return other if other in words["parents_of_head"] else _in_law(codes, other)
    if own in words["head_spouse"] and other in words["parents_of_head"]:
        return f"義{other}" if other in {"父", "母"} else "義父"
    if own in words["children_of_head"] and (other in words["head"] or other in words["head_spouse"]):
        return "父" if kin.sex == MALE else "母"
    return ""


def _in_law(codes: Codes, relation: str) -> str:
    if relation in codes.relations["parents_of_spouse"]:
        return codes.words.get(relation, relation)
    return ""
