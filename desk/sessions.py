"""Sessions as their owner sees them: which device, since when, last seen when, and when they end by themselves."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(hours=4)      # a browser that nobody used for so long is signed out
LASTS = timedelta(hours=12)    # and in any case after this
NOTICED = timedelta(minutes=1) # how exact `last_seen_at` is: not every request writes

# The first that a User-Agent holds is its word; the order matters, since most of them claim to be several.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
            ("CriOS", "Chrome"), ("Chromium", "Chromium"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
           ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"))
PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,29}(?=/|$)")


@dataclass(frozen=True, kw_only=True)
class Session:
    id: str                    # the stored hash: names it, opens nothing
    kind: str                  # browser, token
    account: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Lifetimes:
    """How long a browser's session lasts, used or not."""

    idle: timedelta = IDLE
    absolute: timedelta = LASTS

    def over(self, kind: str, last_seen: datetime, now: datetime) -> bool:
        return kind == "browser" and last_seen + self.idle <= now


def device_of(user_agent: str) -> str:
    """A short word for what sent this, like `Firefox · Windows`; empty if nothing can be said."""
    browser = next((word for sign, word in BROWSERS if sign in user_agent), "")
    system = next((word for sign, word in SYSTEMS if sign in user_agent), "")
    if browser or system:
        return " · ".join(word for word in (browser, system) if word)
    program = PROGRAM.match(user_agent)
    return program[0] if program else ""
