"""Closed sets of 課税資料 as the schema names them: states, senders, channels."""

from enum import Enum

import strawberry


@strawberry.enum(description="受付の状態")
class DeliveryState(Enum):
    """How far a delivery is."""

    RECEIVED = strawberry.enum_value("received", description="受領")
    HELD = strawberry.enum_value("held", description="保留")
    ACCEPTED = strawberry.enum_value("accepted", description="受入")
    ATTACHED = strawberry.enum_value("attached", description="名寄せ済")


@strawberry.enum(description="作業項目の状態")
class WorkItemState(Enum):
    """How far a work item is."""

    OPEN = strawberry.enum_value("open", description="未処理")
    PROPOSED = strawberry.enum_value("proposed", description="確認待ち")
    CLOSED = strawberry.enum_value("closed", description="完了")


@strawberry.enum(description="送付元の区分")
class SenderKind(Enum):
    """Who sends documents."""

    PAYER = strawberry.enum_value("payer", description="給与支払者")
    PENSION = strawberry.enum_value("pension", description="年金保険者")
    TAX_OFFICE = strawberry.enum_value("tax_office", description="税務署")
    ELTAX = strawberry.enum_value("eltax", description="eLTAXの利用者")
    MUNICIPALITY = strawberry.enum_value("municipality", description="他の市区町村")
    COUNTER = strawberry.enum_value("counter", description="窓口")
    PORTAL = strawberry.enum_value("portal", description="マイナポータル")
    VENDOR = strawberry.enum_value("vendor", description="データ入力の委託先")


@strawberry.enum(description="受付経路")
class Channel(Enum):
    """By which way documents come."""

    ELTAX = strawberry.enum_value("eltax", description="eLTAX")
    MEDIUM = strawberry.enum_value("medium", description="電子媒体（光ディスクなど）")
    PUNCHED = strawberry.enum_value("punched", description="パンチ（データ入力）")
    PAPER = strawberry.enum_value("paper", description="紙")
    TAX_OFFICE = strawberry.enum_value("tax_office", description="税務署から")
    COUNTER = strawberry.enum_value("counter", description="窓口")
    PORTAL = strawberry.enum_value("portal", description="マイナポータル")
