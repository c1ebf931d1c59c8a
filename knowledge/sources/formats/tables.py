"""Tables as Markdown, in portions that are passages: each portion begins with the header row."""

from collections.abc import Iterable, Iterator, Sequence

PORTION = 1200                 # characters, and the rest of the row


def portions(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The first row that is not empty is the header."""
    filled = (row for row in rows if any(cell.strip() for cell in row))
    header = next(filled, None)
    if header is None:
        return
    some, length, any_yet = [header], 0, False
    for row in filled:
        some.append(row)
        length += sum(map(len, row))
        if length >= PORTION:
            yield _table(some)
            some, length, any_yet = [header], 0, True
    if len(some) > 1 or not any_yet:
        yield _table(some)


def _table(rows: Sequence[Sequence[str]]) -> str:
    """As wide as its widest row."""
    width = max(map(len, rows))
    header, *body = ([*row, *[""] * (width - len(row))] for row in rows)
    return "\n".join(_line(row) for row in (header, ["---"] * width, *body))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
