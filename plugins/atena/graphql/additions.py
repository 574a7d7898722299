"""All fields that stand beside the type `Person`, in one class, as the composition takes them."""

import strawberry

from plugins.atena.graphql.banks import PersonAccount
from plugins.atena.graphql.households import PersonHousehold
from plugins.atena.graphql.links import PersonLinks
from plugins.atena.graphql.recipients import PersonRecipients


@strawberry.type
class PersonAdditions(PersonHousehold, PersonRecipients, PersonLinks, PersonAccount):
    """The rooms of a person."""
