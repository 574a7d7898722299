"""Identity in GraphQL: signing in, one's own account, the staff register, sessions."""

from core.graphql.parts import GraphQLParts
from core.identity.graphql.account import AccountMutation, AccountQuery
from core.identity.graphql.changes import ChangeMutation, ChangeQuery
from core.identity.graphql.staff import StaffMutation, StaffQuery


def graphql_parts() -> GraphQLParts:
    """Return the root fields of identity."""
    return GraphQLParts(
        query=(AccountQuery, StaffQuery, ChangeQuery),
        mutation=(AccountMutation, StaffMutation, ChangeMutation),
    )
