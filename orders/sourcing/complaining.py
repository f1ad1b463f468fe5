"""What is wrong with rules, in a sentence: English for programs, and French beside it for pages."""

from typing import Self


class Wrong(str):
    """A sentence about rules that cannot be read; `french` says the same."""

    __slots__ = ("french",)
    french: str

    def __new__(cls, english: str, french: str) -> Self:
        """Return the sentence."""
        made = super().__new__(cls, english)
        made.french = french
        return made


def say_wrong(sentence: str, language: str) -> str:
    """Return what is wrong, in the language of a page."""
    return sentence.french if language == "fr" and isinstance(sentence, Wrong) else str(sentence)
