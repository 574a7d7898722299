"""The way back from a document to the delivery that brought it, and so to its sender."""

import strawberry

from core.graphql.context import Info
from core.graphql.fields import door
from plugins.shiryo.graphql.deliveries import Delivery
from plugins.shiryo.graphql.documents import Document
from plugins.shiryo.graphql.loaders import DeliveryById
from plugins.shiryo.permissions import DELIVERY


@strawberry.type
class DocumentDelivery:
    """What stands beside a document: its type knows nothing of deliveries."""

    @door(DELIVERY, "資料を届けた受付。送付元を含む")
    async def delivery(self, info: Info, document: strawberry.Parent[Document]) -> Delivery | None:
        """Return the delivery."""
        row = await info.context.loader(DeliveryById).load(document.row.delivery_id)
        return None if row is None else Delivery.of(row)
