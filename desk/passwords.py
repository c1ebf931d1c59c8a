"""Passwords: argon2id for keeping, length and a list of well-known ones for choosing; no composition rules (NIST SP 800-63B-4)."""

from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from desk.errors import WeakPassword

SHORTEST = 8
LONGEST = 256


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._known = frozenset(files("desk").joinpath("common_passwords.txt").read_text("utf-8").split())
        self._decoy = self._hasher.hash("nobody's password")

    def accept(self, password: str, *, name: str = "") -> None:
        """Raise unless the password may be chosen."""
        low = password.lower()
        if not SHORTEST <= len(password) <= LONGEST or low in self._known or (name and name.lower() == low):
            raise WeakPassword()

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, hashed: str | None, password: str) -> bool:
        """True if it matches; the same work is done where there is no such account."""
        try:
            return self._hasher.verify(hashed or self._decoy, password) and bool(hashed)
        except (VerifyMismatchError, InvalidHashError):
            return False
