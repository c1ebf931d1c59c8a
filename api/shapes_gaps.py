"""What goes in and out about gaps, drafts and articles that are due for review."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from api.shapes import Shape, sound
from desk.drafts import LONGEST_TEXT, LONGEST_TITLE, Audience
from desk.gaps import Ending, GapState
from desk.people import Lang


class GapShown(Shape):
    """Questions that ask for the same, without a word of who asked."""

    id: str
    question: str = Field(description="The newest in the caller's language, or else the newest")
    lang: Lang
    langs: list[Lang] = Field(description="In which it was asked")
    count: int
    first_at: datetime
    last_at: datetime
    endings: dict[Ending, int] = Field(description="How the conversations went on: how many in each way")
    state: GapState
    draft: str | None


class GapsShown(Shape):
    gaps: list[GapShown]


class VersionShown(Shape):
    title: str
    text: str


class QuestionShown(Shape):
    lang: Lang
    text: str


class DraftShown(Shape):
    id: str
    audience: Audience
    versions: dict[Lang, VersionShown] = Field(description="An empty text: nobody has written it yet")
    edited: date
    questions: list[QuestionShown]


class DraftsShown(Shape):
    drafts: list[DraftShown]


class NewVersion(Shape):
    title: Annotated[str, Field(max_length=LONGEST_TITLE), AfterValidator(sound)]
    text: Annotated[str, Field(max_length=LONGEST_TEXT, description="Markdown: a lead, then sections that begin with ##"),
                    AfterValidator(sound)]


class EditedDraft(Shape):
    audience: Audience
    versions: dict[Lang, NewVersion] = Field(description="A language that is missing here is left for later")


class Published(Shape):
    documents: list[str] = Field(description="Ids of the articles: `/knowledge/ID` is the page of one")


class DueShown(Shape):
    id: str
    title: str
    lang: Lang
    owner: str
    reviewed: date
    url: str


class AllDue(Shape):
    months: int = Field(description="After how many months an article is due; 0: never")
    documents: list[DueShown]
