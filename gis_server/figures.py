"""Numbers as Vietnamese write them, for sentences and screens; data keep the point."""


def vietnamese(amount: float, digits: int = 0) -> str:
    """1.234,5 where English has 1,234.5."""
    return f"{amount:,.{digits}f}".translate(str.maketrans(",.", ".,"))
