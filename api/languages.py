"""The language in which a caller is answered when nothing else says it."""

from fastapi import Request

from desk.people import LANGS, Caller, Lang

LANG_COOKIE = "yavar_lang"


def language_of(request: Request) -> Lang:
    """Chosen on this device; else a browser's account before its settings, a program's settings before its account."""
    chosen = request.cookies.get(LANG_COOKIE)
    caller: Caller | None = getattr(request.state, "caller", None)
    account = caller.account.lang if caller and caller.account else None
    accepted = accepted_language(request.headers.get("accept-language", ""))
    order = (chosen, account, accepted) if caller and caller.by_cookie else (chosen, accepted, account)
    return next((lang for lang in order if lang in LANGS), "en")


def accepted_language(header: str) -> Lang | None:
    """The most wanted of the languages spoken here (RFC 9110 §12.5.4)."""
    wanted: list[tuple[float, Lang]] = []
    for part in header[:400].split(","):
        tag, _, weight = part.strip().partition(";")
        primary = tag.strip().lower().split("-")[0]
        if primary in LANGS:
            wanted.append((_weight(weight), primary))
    best = max(wanted, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] > 0 else None


def _weight(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=")) if text.strip() else 1.0
    except ValueError:
        return 0.0
