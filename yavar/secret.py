"""The secret of a house that was given none: a file in its home, made once and readable by its owner alone."""

import os
import secrets
from pathlib import Path

SHORTEST_SECRET = 16
SECRET_BYTES = 48              # of randomness in the file that the house makes itself


class SettingsError(Exception):
    """A setting is unknown, wrong or missing. Correct each line that is named, then start again."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def secret_of(home: Path) -> str:
    """What the file `secret` in the home holds; it is made if there is none. Raises SettingsError."""
    path = home / "secret"
    if not path.exists():
        _make_secret(path)
    if path.stat().st_mode & 0o077:
        raise SettingsError([f"{path} can be read by other users. Run `chmod 600 {path}`, then start again."])
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError([f"{path} holds no secret. Restore it from a backup; a new one cannot open what the old one sealed."])
    return secret


def _make_secret(path: Path) -> None:
    """Write it beside, then link it into place: whoever comes second finds the whole file of the first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".secret.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES) + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
