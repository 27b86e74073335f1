"""The two words that every model of a data file begins with."""

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """The same words in Vietnamese and English."""

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)
