"""How many parts a text message takes: GSM 03.38 where every character is in it, else UCS-2.

Source of the alphabet: 3GPP TS 23.038, sections 6.2.1 (basic set) and 6.2.1.1 (extension, whose
characters take two places).
"""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM7 = (160, 153)  # places in a message alone, and in a part of a longer one
_UCS2 = (70, 67)


def is_gsm7(text: str) -> bool:
    """Whether every character is in the GSM 7-bit alphabet."""
    return all(letter in _BASIC or letter in _EXTENSION for letter in text)


def count_segments(text: str) -> int:
    """Return the number of parts; a character is never cut in two between parts."""
    if is_gsm7(text):
        widths = [2 if letter in _EXTENSION else 1 for letter in text]
        alone, part = _GSM7
    else:
        widths = [len(letter.encode("utf-16-be")) // 2 for letter in text]
        alone, part = _UCS2
    if sum(widths) <= alone:
        return 1
    segments, free = 1, part
    for width in widths:
        if width > free:
            segments, free = segments + 1, part
        free -= width
    return segments
