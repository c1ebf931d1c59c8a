"""A peer whose library is not there."""


class PeerMissing(Exception):
    """A peer needs a package that only development installs. `make dev` installs it."""

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed. {PeerMissing.__doc__}")
