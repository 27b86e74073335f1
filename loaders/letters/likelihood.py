"""How likely a text is as something people write on maps: Vietnamese words, codes, foreign names, signs."""

import re
import unicodedata
from itertools import pairwise

from loaders.letters.syllables import Model

_PIECE = re.compile(r"[^\W\d_][^\W\d_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W\d_]*)*|[^\x00-\x7f]")
_CODE = re.compile(r"[A-ZĐÂÊÔ]{1,5}")
FOREIGN = frozenset("ÀÂÄÅÆÇÈÉÊËÎÏÑÔÖØÙÛÜàâäåæçèéêëîïñôöøùûüßáíóúÁÍÓÚãõ")
"""Letters beyond ASCII in names from French, German, Spanish, Portuguese, Danish."""
PLAIN_SIGNS = frozenset("–—‘’“”«»…•°²³½¼¾±×€₫\u00a0")

WORD_NOT_VIETNAMESE, LETTER_NOT_VIETNAMESE = 5.0, 2.4
CODE, LETTER_OF_CODE = 4.0, 1.8
LETTER_FOREIGN, LETTER_STRANGE, MARK_ALONE = 2.0, 5.0, 8.0
SIGN, SIGN_ODD, SIGN_INSIDE_A_WORD = 3.0, 8.0, 10.0
OPENING, CLOSING = frozenset("«“‘"), frozenset("»”")
CONTROL, LOST = 12.0, 9.0
CASE_BREAK = 5.0


def likelihood(text: str, model: Model) -> float:
    """Logarithm of a likelihood (not normalised): to be compared between readings of the same bytes."""
    total = 0.0
    for match in _PIECE.finditer(text):
        piece = match.group()
        total += _of_word(piece, model) if piece[0].isalpha() else -_cost_of_sign(text, match.start())
    return total


def _of_word(word: str, model: Model) -> float:
    small = word.lower()
    worth = model.worth(small)
    broken = CASE_BREAK * (not word.isascii() and _case_breaks(word))
    if worth is not None:
        return worth - broken
    if _CODE.fullmatch(word):
        return -CODE - LETTER_OF_CODE * len(word)
    strange = sum(_cost_of_letter(letter) for letter in word if ord(letter) > 127)
    return -WORD_NOT_VIETNAMESE - LETTER_NOT_VIETNAMESE * len(word) - strange - broken


def _case_breaks(word: str) -> int:
    return sum(first.islower() and second.isupper() for first, second in pairwise(word))


def _cost_of_letter(letter: str) -> float:
    if letter in FOREIGN:
        return LETTER_FOREIGN
    return MARK_ALONE if unicodedata.combining(letter) else LETTER_STRANGE


def _cost_of_sign(text: str, place: int) -> float:
    sign = text[place]
    if sign == "\ufffd":
        return LOST
    if unicodedata.category(sign) == "Cc":
        return CONTROL
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    around = before if sign in OPENING else after if sign in CLOSING else before + after
    if sign in PLAIN_SIGNS and not (sign in OPENING | CLOSING and around.isalpha()):
        return SIGN
    return SIGN_INSIDE_A_WORD if any(one.isalpha() for one in around) else SIGN_ODD


def is_sound(text: str, model: Model) -> bool:
    """Every word beyond ASCII is a Vietnamese syllable in ordinary capitals, every sign an ordinary one."""
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece.isascii():
            continue
        if not piece[0].isalpha():
            if piece not in PLAIN_SIGNS:
                return False
        elif model.worth(piece.lower()) is None or _case_breaks(piece):
            return False
    return True
