"""What goes in and out about known incidents and planned maintenance."""

from datetime import datetime

from pydantic import AwareDatetime, Field

from api.shapes import Line, Said, Shape
from desk.mending import DisruptionKind


class Words(Shape):
    """What people are told, each in their own language: no link, at most 600 characters."""

    en: Said
    ar: Said
    fa: Said


class NewDisruption(Shape):
    asset: Line = Field(description="An id among `assets`")
    kind: DisruptionKind = DisruptionKind.INCIDENT
    text: Words
    starts_at: AwareDatetime | None = Field(None, description="Empty: now")
    ends_at: AwareDatetime | None = Field(None, description="Empty: not known yet; a maintenance has one")


class AmendedDisruption(Shape):
    text: Words
    starts_at: AwareDatetime | None = Field(None, description="Empty: as it is; another one only before it has begun")
    ends_at: AwareDatetime | None = Field(None, description="Empty: not known any more; a maintenance has one")


class AssetShown(Shape):
    id: str
    name: Words


class DisruptionShown(Shape):
    id: str
    asset: str
    kind: DisruptionKind
    text: Words
    starts_at: datetime
    ends_at: datetime | None
    under_way: bool
    in_file: bool = Field(description="Stands in the assets' file, and is changed there")


class DisruptionsShown(Shape):
    assets: list[AssetShown]
    disruptions: list[DisruptionShown]
