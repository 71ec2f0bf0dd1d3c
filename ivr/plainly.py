"""What others wrote, as a terminal may be shown it: nothing moves a cursor, sets a colour or turns a line round."""

from __future__ import annotations


def plainly(text: str) -> str:
    """Write out every sign that is not printed, such as ESC; line ends and tabs stay."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else _written_out(sign) for sign in text)


def _written_out(sign: str) -> str:
    return sign.encode("unicode_escape").decode()
