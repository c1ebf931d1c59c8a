"""Settings: `YAVAR_*` in the environment, over an optional TOML file. The only place that reads either."""

import json
import os
import re
import tomllib
from datetime import timedelta
from difflib import get_close_matches
from functools import cached_property
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from desk.company import Rules, safe_address
from desk.errors import BadInput
from desk.hours import Hours
from desk.people import Role
from desk.retention import Terms
from desk.sessions import Lifetimes
from yavar.secret import SHORTEST_SECRET, SettingsError, secret_of

__all__ = ["Settings", "SettingsError", "load"]

PREFIX = "YAVAR_"
CONFIG = "YAVAR_CONFIG"                # which TOML file to read; the one name that is no setting itself
DEFAULT_FILE = "yavar.toml"
DRIVERS = {"sqlite+aiosqlite": "aiosqlite", "postgresql+psycopg": "psycopg"}
SMALLEST_WINDOW = 4096         # of a model, in tokens
HEADER = re.compile(r"\s*[A-Za-z0-9-]{1,64}\s*=[\x20-\x2b\x2d-\x7e]+")   # one of several, as OpenTelemetry writes them
# May hold a secret: never echoed.
QUIET = frozenset({"secret", "metrics_token", "model_key", "model_url", "smtp_url", "database_url", "oidc_client_secret", "otlp_headers"})


def _long_enough_to_count(days: int) -> int:
    if days == 1:
        raise ValueError("at least 2 days are wanted, since quotas count a day; 0 keeps for ever")
    return days


Days = Annotated[int, Field(ge=0, le=36500), AfterValidator(_long_enough_to_count)]


class Settings(BaseSettings):
    """Every setting of the house, checked. Names in the environment are these in capitals, after `YAVAR_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    home: Path = Field(default=Path(".yavar"), description="Where all data lives")
    host: str = Field(default="127.0.0.1", min_length=1, description="The address to listen on")
    port: int = Field(default=8080, ge=1, le=65535, description="The port to listen on")
    url: str = Field(default="", description="The public address, as people type it; empty: http://HOST:PORT")
    secret: SecretStr | None = Field(default=None, description="Encrypts what must be readable again; empty: a 0600 file in the home")
    database_url: str = Field(default="", repr=False, description="SQLAlchemy's address; empty: SQLite in the home")
    jobs: bool = Field(default=True, description="`yavar serve` does background jobs too; false where `yavar work` does them all")
    planner: Literal["builtin", "openai"] = Field(default="builtin", description="Who plans; a key alone never changes it")
    model: str | None = Field(default=None, description="The model's name, for planner openai")
    model_url: str | None = Field(default=None, repr=False, description="An OpenAI-compatible endpoint; empty: OpenAI's own")
    model_key: SecretStr | None = Field(default=None, description="The endpoint's key")
    model_tokens: int = Field(default=16_000, ge=2_000, description="Tokens that the model may use up in one turn")
    model_context: int = Field(default=0, description="Tokens of the model's window where it is small, at least 4096; 0: large enough")
    model_steps: int = Field(default=4, ge=1, le=5, description="Steps that the model may take in one turn")
    model_within: float = Field(default=14.0, gt=0, le=16, description="Seconds into a turn after which the built-in planner goes on")
    model_step_within: float = Field(default=10.0, gt=0, le=16, description="Seconds of one step of the model")
    desk_hours: str = Field(default="Mon-Sun 00:00-24:00", description="When people are on duty")
    desk_timezone: str = Field(default="UTC", description="The time zone of these hours")
    desk_phone: str = Field(default="", max_length=40, description="Shown to everybody who waits for a person")
    desk_chats: int = Field(default=3, ge=1, le=50, description="How many conversations one agent may have at once")
    catalogue: Path | None = Field(default=None, description="The service catalogue's YAML file; empty: the shipped one")
    knowledge_sync: int = Field(default=0, ge=0, le=60 * 24 * 7, description="Minutes between looks at a source of documents; 0: none")
    attachment_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, le=100 * 1024 * 1024, description="The largest file that is taken")
    attachments_at_once: int = Field(default=5, ge=1, le=20, description="Files that are taken at once")
    attachments_each: int = Field(default=30, ge=1, le=200, description="Files of one conversation or ticket")
    attachments_a_day: int = Field(default=100, ge=1, le=2000, description="Files of one person in 24 hours")
    smtp_url: str | None = Field(default=None, repr=False, description="Where mail is sent; empty: it stays in the outbox")
    mail_from: str = Field(default="service-desk@localhost", pattern=r"^[^@\s]+@[^@\s]+$", description="The sender of the desk's mail")
    review_months: int = Field(default=12, ge=0, le=1200, description="Months after which an article is to be looked at again; 0: never")
    assets: Path | None = Field(default=None, description="The file of assets that can be checked; empty: assets.yaml in the home")
    heightened_risk: bool = Field(default=False, description="Every reset goes to a person with call-back")
    oidc_issuer: str | None = Field(default=None, description="The company's OpenID Connect sign-in; empty: none")
    oidc_client_id: str = Field(default="", description="What the house is called there")
    oidc_client_secret: SecretStr | None = Field(default=None, description="Its secret there; empty for a public client")
    oidc_scopes: str = Field(default="openid profile email", description="What is asked of it")
    oidc_groups_claim: str = Field(default="groups", min_length=1, description="The claim that lists somebody's groups")
    oidc_roles: Annotated[dict[str, Role], NoDecode] = Field(default={}, description="Which role a group of the company gives")
    oidc_default_role: Literal["user", "none"] = Field(default="user", description="For those in none of these groups; none: turned away")
    oidc_link_email: bool = Field(default=False, description="A verified address connects an account that is here already, once")
    local_passwords: Literal["everyone", "admins"] = Field(default="everyone", description="Who may sign in with a password of the house")
    session_hours: float = Field(default=12, gt=0, le=24 * 30, description="How long a browser stays signed in")
    session_idle_hours: float = Field(default=4, gt=0, le=24 * 30, description="And how long if nobody uses it")
    rate_limit: float = Field(default=1, ge=0, le=1000, description="A multiple of the usual rate limits; 0: none")
    keep_conversations: Days = Field(default=365, description="Days after the last word")
    keep_tickets: Days = Field(default=1095, description="Days after the last change of one that is over")
    keep_audit: Days = Field(default=1825, description="Days that the audit trail reaches back")
    keep_mail: Days = Field(default=30, description="Days that mail stays in the outbox")
    keep_sessions: Days = Field(default=7, description="Days after a session or token has ended")
    keep_verifications: Days = Field(default=90, description="Days after a verification has ended")
    metrics_token: SecretStr | None = Field(default=None, description="Who shows it may read /metrics; empty: this machine alone")
    otlp_endpoint: str = Field(default="", description="An OpenTelemetry collector that takes OTLP/HTTP; empty: no traces")
    otlp_headers: SecretStr | None = Field(default=None, description="Headers that it wants, like authorization=Bearer abc, x-tenant=desk")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What is logged")
    log_format: Literal["json", "text"] = Field(default="json", description="How it is logged: for programs or for eyes")

    @classmethod
    def settings_customise_sources(cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
                                   env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
                                   file_secret_settings: PydanticBaseSettingsSource) -> tuple[PydanticBaseSettingsSource, ...]:
        """What stands first wins: arguments, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=_file())

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("url", "model_url")
    @classmethod
    def _http(cls, url: str | None) -> str | None:
        if url:
            parts = _split(url)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
                raise ValueError("an address like https://desk.example.org is wanted")
        return url and url.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _safe_issuer(cls, url: str | None) -> str | None:
        """As the provider writes it, to the letter; over HTTPS, but on this machine."""
        if url:
            parts = _split(url)
            if not safe_address(url) or parts.query or parts.fragment:
                raise ValueError("an address like https://login.example.org is wanted; http:// works on this machine alone")
        return url

    @field_validator("oidc_scopes")
    @classmethod
    def _openid_among_them(cls, scopes: str) -> str:
        if "openid" not in scopes.split():
            raise ValueError("openid must be among them")
        return scopes

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _json_or_table(cls, roles: object) -> object:
        """A table in the file; in the environment the same as JSON."""
        try:
            return json.loads(roles) if isinstance(roles, str) else roles
        except ValueError as error:
            raise ValueError('JSON like {"it-desk": "agent"} is wanted') from error

    @field_validator("oidc_roles")
    @classmethod
    def _no_guests(cls, roles: dict[str, Role]) -> dict[str, Role]:
        if Role.GUEST in roles.values():
            raise ValueError("a guest is somebody who is not signed in: choose another role")
        return roles

    @field_validator("url")
    @classmethod
    def _at_the_root(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.path or parts.username is not None:
            raise ValueError("the pages live at the root of a host: name no path and no user")
        return url

    @field_validator("secret", "metrics_token")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"at least {SHORTEST_SECRET} characters are wanted")
        return secret

    @field_validator("database_url")
    @classmethod
    def _driver_is_here(cls, url: str) -> str:
        scheme = url.partition(":")[0]
        if url and scheme not in DRIVERS:
            raise ValueError(f"an address that begins with {' or '.join(f'{name}://' for name in DRIVERS)} is wanted")
        if url and find_spec(DRIVERS[scheme]) is None:
            raise ValueError(f"{scheme} needs the Python package {DRIVERS[scheme]}, which is not installed")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: str | None) -> str | None:
        if url:
            parts = _split(url)
            if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
                raise ValueError("an address like smtp://mail.example.org:25 is wanted")
        return url

    @field_validator("model_context")
    @classmethod
    def _room_enough(cls, tokens: int) -> int:
        if tokens and tokens < SMALLEST_WINDOW:
            raise ValueError(f"at least {SMALLEST_WINDOW} tokens are wanted, for prompt, tools, sources and answer; 0 for a large window")
        return tokens

    @field_validator("otlp_endpoint")
    @classmethod
    def _collector(cls, url: str) -> str:
        parts = _split(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc):
            raise ValueError("an address like http://collector.example.org:4318 is wanted, without /v1/traces")
        return url.rstrip("/").removesuffix("/v1/traces")

    @field_validator("otlp_headers")
    @classmethod
    def _pairs(cls, headers: SecretStr | None) -> SecretStr | None:
        if headers and not all(HEADER.fullmatch(pair) for pair in headers.get_secret_value().split(",")):
            raise ValueError("pairs like authorization=Bearer abc, x-tenant=desk are wanted")
        return headers

    @field_validator("desk_timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("a name like Asia/Riyadh is wanted") from error
        return name

    @field_validator("desk_hours")
    @classmethod
    def _readable_hours(cls, text: str) -> str:
        try:
            hours = Hours.parse(text)
        except BadInput as error:
            raise ValueError(str(error)) from error
        if not any(hours.days):
            raise ValueError("somebody must be on duty at some time")
        return text

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _small_letters(cls, level: object) -> object:
        return level.lower() if isinstance(level, str) else level

    @model_validator(mode="after")
    def _planner_is_whole(self) -> Self:
        if self.planner == "openai" and not self.model:
            raise ValueError("YAVAR_MODEL is missing: planner openai needs the model's name")
        if self.planner == "openai" and not (self.model_url or self.model_key):
            raise ValueError("YAVAR_MODEL_KEY is missing: OpenAI's own endpoint needs it; for another one set YAVAR_MODEL_URL")
        return self

    @model_validator(mode="after")
    def _company_is_whole(self) -> Self:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("YAVAR_OIDC_CLIENT_ID is missing: the provider gave it when the house was registered there")
        if self.local_passwords == "admins" and not self.oidc_issuer:
            raise ValueError("YAVAR_OIDC_ISSUER is missing: with local_passwords=admins nobody else could sign in")
        return self

    @property
    def rules(self) -> Rules:
        return Rules(roles=self.oidc_roles, default=Role.USER if self.oidc_default_role == "user" else None,
                     link_email=self.oidc_link_email, passwords=self.local_passwords == "everyone")

    @property
    def lifetimes(self) -> Lifetimes:
        return Lifetimes(idle=timedelta(hours=self.session_idle_hours), absolute=timedelta(hours=self.session_hours))

    @property
    def address(self) -> str:
        """The public address, without a slash at its end."""
        if self.url:
            return self.url
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  an address to open, not to bind
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def token_for_metrics(self) -> str:
        return self.metrics_token.get_secret_value() if self.metrics_token else ""

    @property
    def headers_for_otlp(self) -> dict[str, str]:
        pairs = self.otlp_headers.get_secret_value().split(",") if self.otlp_headers else []
        return {name.strip().lower(): value.strip() for name, _, value in (pair.partition("=") for pair in pairs)}

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'yavar.db'}"

    @property
    def terms(self) -> Terms:
        return Terms(conversations=self.keep_conversations, tickets=self.keep_tickets, audit=self.keep_audit, mail=self.keep_mail,
                       sessions=self.keep_sessions, verifications=self.keep_verifications)

    @property
    def shared(self) -> bool:
        """True where several processes may be one house."""
        return not self.database.startswith("sqlite")

    @property
    def assets_file(self) -> Path | None:
        """The file that was named, else the home's own if there is one."""
        own = self.home / "assets.yaml"
        return self.assets or (own if own.is_file() else None)

    @property
    def hours(self) -> Hours:
        return Hours.parse(self.desk_hours, self.desk_timezone)

    @property
    def listens_to_itself_only(self) -> bool:
        """True where nobody but this machine can connect: the only place for demo accounts."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @cached_property
    def house_secret(self) -> str:
        """`YAVAR_SECRET`, else what the file `secret` in the home holds; the file is made if there is none."""
        return self.secret.get_secret_value() if self.secret else secret_of(self.home)


def load() -> Settings:
    """Read and check all settings; every problem at once in a SettingsError."""
    problems = _unknown_names()
    if (path := os.environ.get(CONFIG)) and not Path(path).is_file():
        raise SettingsError([*problems, f"{CONFIG}: there is no file {path}."])
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError([*problems, *(_sentence(details) for details in error.errors())]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError([*problems, f"{_file()} cannot be read as TOML: {error}"]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _file() -> Path:
    return Path(os.environ.get(CONFIG) or DEFAULT_FILE)


def _split(url: str) -> SplitResult:
    """The parts of an address; a port that is none raises ValueError here rather than at its first use."""
    parts = urlsplit(url)
    if parts.port == 0:
        raise ValueError("port 0 is no port to connect to")
    return parts


def _unknown_names() -> list[str]:
    known = [PREFIX + name.upper() for name in Settings.model_fields] + [CONFIG]
    return [f"{name} is no setting.{_nearest(name.upper(), known)}"
            for name in sorted(os.environ) if name.upper().startswith(PREFIX) and name.upper() not in known]


def _nearest(name: str, known: list[str]) -> str:
    bare = {one.removeprefix(PREFIX): one for one in known}
    near = get_close_matches(name.removeprefix(PREFIX), bare, n=1, cutoff=0.5)
    return f" Did you mean {bare[near[0]]}?" if near else f" There are {', '.join(known)}."


def _sentence(details: ErrorDetails) -> str:
    """One problem as a line: where it stands, what was wanted and, unless it may be a secret, what was found."""
    reason = details["msg"].removeprefix("Value error, ")
    if not details["loc"]:
        return f"{reason}."
    name = str(details["loc"][0])
    if details["type"] == "extra_forbidden":
        return f"{name} in {_file()} is no setting.{_nearest(name, list(Settings.model_fields))}"
    variable = PREFIX + name.upper()
    from_environment = any(key.upper() == variable and value for key, value in os.environ.items())
    place = variable if from_environment else f"{name} in {_file()}"
    found: Any = "" if name in QUIET else f" (found: {str(details['input'])[:80]!r})"
    return f"{place}: {reason}{found}."
