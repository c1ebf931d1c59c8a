"""What can be checked: assets that a file declares, with their names in three languages. Nothing else is ever connected to."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from desk.mending import DisruptionKind
from tools.declared import BadDeclaration, Declared, Trilingual, read_file
from tools.network import Endpoint

AssetId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?\.?|[0-9a-fA-F:.]{2,45}")
PATH = re.compile(r"/[\x21-\x7e]*")
LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone, like 2026-11-22T08:00:00Z")
    return moment


def _path(path: str) -> str:
    if not PATH.fullmatch(path):
        raise ValueError("a path like /health is wanted")
    return path


Moment = Annotated[datetime, AfterValidator(_aware)]
Path_ = Annotated[str, AfterValidator(_path)]


class StatusPage(Declared):
    """A page of the asset's own that says in JSON how it is."""

    path: Path_
    field: str = Field("status", pattern=r"^[\w-]+(\.[\w-]+)*$")
    up: tuple[str, ...] = ("ok", "up", "pass", "healthy", "true")
    limited: tuple[str, ...] = ("warn", "degraded", "limited")
    down: tuple[str, ...] = ("down", "fail", "error", "false")


class Asset(Declared):
    """A service or device: how people call it, who mends it, and where it listens. Without an address only what is known of it is told."""

    id: AssetId
    name: Trilingual
    aliases: tuple[str, ...] = ()
    owner: str = Field(min_length=1, max_length=60)
    runbook: str
    topics: tuple[str, ...] = ()   # of articles about it: their steps may follow a check of it, no others
    url: str | None = None
    host: str | None = None
    port: int | None = Field(None, ge=1, le=65535)
    tls: bool = False
    private: bool = False          # may stand at a private address
    authority: str | None = None   # a PEM file of certificates to believe beside the machine's
    status: StatusPage | None = None
    slow_after: float = Field(3.0, gt=0, le=30, description="Seconds")
    timeout: float = Field(4.0, gt=0, le=10, description="Seconds for one check")

    @model_validator(mode="after")
    def _listens_somewhere_or_nowhere(self) -> Self:
        if self.url and (self.host or self.port or self.tls):
            raise ValueError("either `url`, or `host` with `port`")
        if bool(self.host) != bool(self.port):
            raise ValueError("`host` and `port` belong together")
        if self.status and not self.url:
            raise ValueError("a status page needs a `url`")
        if self.url:
            _checked_url(self.url)
        if self.host and not HOST.fullmatch(self.host):
            raise ValueError("a host name or an address is wanted")
        return self

    @property
    def endpoint(self) -> Endpoint | None:
        if self.url:
            parts = urlsplit(self.url)
            secure = parts.scheme == "https"
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            port = parts.port or (443 if secure else 80)
            return Endpoint(host=str(parts.hostname), port=port, tls=secure, path=path, private=self.private)
        return Endpoint(host=self.host, port=self.port, tls=self.tls, private=self.private) if self.host and self.port else None

    @property
    def checks(self) -> tuple[str, ...]:
        """Which checks it has, in the order of sense."""
        endpoint = self.endpoint
        if endpoint is None:
            return ()
        has = {"tls": endpoint.tls, "http": bool(self.url), "status": self.status is not None}
        return tuple(check for check in ("dns", "tcp", "tls", "http", "status") if has.get(check, True))


class DeclaredDisruption(Declared):
    """A known incident or a planned maintenance, told to whoever asks about the asset."""

    asset: AssetId
    kind: DisruptionKind
    starts: Moment
    ends: Moment | None = None
    text: Trilingual

    @model_validator(mode="after")
    def _in_order_and_plain(self) -> Self:
        if self.ends and self.ends <= self.starts:
            raise ValueError("it ends before it starts")
        if self.kind is DisruptionKind.MAINTENANCE and self.ends is None:
            raise ValueError("a planned maintenance has an end")
        if any(LINK.search(text) for text in (self.text.en, self.text.ar, self.text.fa)):
            raise ValueError("say it in words: a link is not shown")
        return self


class Declarations(Declared):
    """A whole file of assets."""

    assets: tuple[Asset, ...] = ()
    disruptions: tuple[DeclaredDisruption, ...] = ()

    @model_validator(mode="after")
    def _each_once_and_known(self) -> Self:
        ids = [asset.id for asset in self.assets]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"declared twice: {', '.join(twice)}")
        if strange := sorted({each.asset for each in self.disruptions} - set(ids)):
            raise ValueError(f"a disruption names no declared asset: {', '.join(strange)}")
        return self

    @property
    def by_id(self) -> Mapping[str, Asset]:
        return {asset.id: asset for asset in self.assets}


def read_assets(path: Path, runbooks: frozenset[str]) -> Declarations:
    """The file, with every runbook that it names known and every authority file there."""
    found = read_file(path, Declarations)
    problems = [f"{path}: asset {asset.id}: there is no runbook {asset.runbook}. There are {', '.join(sorted(runbooks))}."
                for asset in found.assets if asset.runbook not in runbooks]
    problems += [f"{path}: asset {asset.id}: there is no file {asset.authority}." for asset in found.assets
                 if asset.authority and not (path.parent / asset.authority).is_file()]
    if problems:
        raise BadDeclaration(problems)
    absolute = [asset.model_copy(update={"authority": str(path.parent / asset.authority)}) if asset.authority else asset
                for asset in found.assets]
    return found.model_copy(update={"assets": tuple(absolute)})


def _checked_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not HOST.fullmatch(parts.hostname) or parts.port == 0:
        raise ValueError("an address like https://wiki.example.org/ is wanted")
    if parts.username is not None or parts.fragment:
        raise ValueError("an address without user and fragment is wanted")
    _path((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
