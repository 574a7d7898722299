"""All fields that stand beside `Person` and `Employer`, in one class each, as the composition takes them."""

import strawberry

from plugins.atena.graphql.banks import PersonAccount
from plugins.atena.graphql.contacts import PersonContacts
from plugins.atena.graphql.eltax_users import EmployerEltaxUsers, PersonEltaxUsers
from plugins.atena.graphql.households import PersonHousehold
from plugins.atena.graphql.links import PersonLinks
from plugins.atena.graphql.recipients import PersonRecipients


@strawberry.type
class PersonAdditions(
    PersonHousehold, PersonRecipients, PersonLinks, PersonAccount, PersonEltaxUsers, PersonContacts
):
    """The rooms of a person."""


@strawberry.type
class EmployerAdditions(EmployerEltaxUsers):
    """The rooms of an employer."""
