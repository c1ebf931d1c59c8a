"""What is shipped to run the house elsewhere, as far as it can be checked without an engine: names, ports, users, and what must be off."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from yavar.cli import app
from yavar.settings import CONFIG, Settings

ROOT = Path(__file__).parents[1]
KNOWN = {"YAVAR_" + name.upper() for name in Settings.model_fields} | {CONFIG}
SHIPPED = ["Dockerfile", "compose.yaml", "deploy/nginx.conf", "deploy/yavar.service", "deploy/Caddyfile", "docs/operating.md"]
PORT = str(Settings.model_fields["port"].default)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return found


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, with continued lines joined and comments gone."""
    text = re.sub(r"\\\n", " ", "\n".join(line for line in read("Dockerfile").splitlines() if not line.startswith("#")))
    return [(line.split(" ", 1)[0].upper(), line.split(" ", 1)[1].strip()) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_setting_that_is_named_exists(name: str) -> None:
    assert set(re.findall(r"\bYAVAR_[A-Z_]*[A-Z]\b", read(name))) - KNOWN == set()


@pytest.mark.parametrize("name", ["docs/operating.md", "deploy/yavar.service"])
def test_every_command_that_is_named_exists(name: str) -> None:
    root: Any = get_command(app)
    later = {"work", "eval"}               # hung on when the program starts
    for line in re.findall(r"(?:^|[`/ ])yavar ((?:[a-z]+ ?)+)", read(name), re.MULTILINE):
        words, command = line.split(), root
        if words[0] in later:
            continue
        assert words[0] in command.commands, line
        command = command.commands[words[0]]
        if hasattr(command, "commands"):
            assert len(words) > 1 and words[1] in command.commands, line


def test_the_image_is_small_in_rights() -> None:
    last = instructions()[[i for i, (what, _) in enumerate(instructions()) if what == "FROM"][-1]:]
    users = [rest for what, rest in last if what == "USER"]
    by_number = [re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) for user in users]
    assert by_number and all(by_number), "so that an engine can see that it is not root"
    order = [what for what, _ in last]
    assert order.index("USER") < order.index("ENTRYPOINT") and "ADD" not in order
    assert all(":" in rest.split(" ")[0] and not rest.split(" ")[0].endswith(":latest") for what, rest in instructions() if what == "FROM")
    assert all(rest.startswith("[") for what, rest in last if what in ("CMD", "ENTRYPOINT")), "no shell between signals and the server"
    assert not [rest for what, rest in instructions() if what in ("ENV", "ARG") and re.search(r"SECRET|KEY|PASSWORD|TOKEN", rest)]
    for what, rest in instructions():
        if what == "RUN" and "apt-get install" in rest:
            assert "--no-install-recommends" in rest and "rm -rf /var/lib/apt/lists" in rest and "apt-get update" in rest
    assert {"tests", ".git", ".yavar", "yavar.toml", ".venv"} <= set(read(".dockerignore").split())


def test_ports_are_the_same_everywhere() -> None:
    env = " ".join(rest for what, rest in instructions() if what == "ENV")
    assert f"YAVAR_PORT={PORT}" in env
    assert [rest for what, rest in instructions() if what == "EXPOSE"] == [PORT]
    (health,) = [rest for what, rest in instructions() if what == "HEALTHCHECK"]
    assert f"127.0.0.1:{PORT}/readyz" in health
    assert set(re.findall(r"yavar-\d:(\d+)", read("deploy/Caddyfile"))) == {PORT}
    assert f"server 127.0.0.1:{PORT};" in read("deploy/nginx.conf")


def test_two_replicas_and_a_worker_share_one_house_behind_the_proxy() -> None:
    services = compose()["services"]
    house = {name: service for name, service in services.items() if service.get("image") == "yavar"}
    assert set(house) == {"yavar-1", "yavar-2", "worker"}
    assert [service.get("command") for service in house.values()] == [None, None, ["work"]]
    assert len({str(service["environment"]) for service in house.values()}) == 1, "one secret and one database for all"
    homes = [volume for service in house.values() for volume in service["volumes"] if volume.endswith(":/data")]
    assert len(set(homes)) == len(house), "each has a home of its own"
    assert all("attachments:/data/attachments" in service["volumes"] for service in house.values())
    for service in house.values():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"] and service["tmpfs"] == ["/tmp"]
        assert "ports" not in service, "only the proxy is reached from outside"
    assert re.findall(r"(yavar-\d):", read("deploy/Caddyfile")) == ["yavar-1", "yavar-2"]
    assert compose()["networks"]["inside"]["internal"] is True and services["database"]["networks"] == ["inside"]
    assert "ports" not in services["database"] and services["proxy"]["ports"] == ["80:80", "443:443"]
    named = {volume.split(":")[0] for service in services.values() for volume in service["volumes"] if not volume.startswith(".")}
    assert named == set(compose()["volumes"])
    assert all(":" in service["image"] or service["image"] == "yavar" for service in services.values())


def test_no_secret_stands_in_what_is_shipped() -> None:
    environment = compose()["services"]["yavar-1"]["environment"]
    for name in ("YAVAR_SECRET", "YAVAR_DATABASE_URL"):
        assert "${" in environment[name] and ":?" in environment[name], f"{name} must be given, and its lack be told"


def test_streams_pass_the_proxies_at_once() -> None:
    assert "flush_interval -1" in read("deploy/Caddyfile")
    nginx = read("deploy/nginx.conf")
    assert "proxy_buffering    off" in nginx and "proxy_read_timeout 1h" in nginx and "X-Forwarded-Proto" in nginx
    assert nginx.count("{") == nginx.count("}") and read("deploy/Caddyfile").count("{") == read("deploy/Caddyfile").count("}")


def test_the_unit_keeps_to_its_folder() -> None:
    unit = read("deploy/yavar.service")
    assert "ProtectSystem=strict" in unit and "StateDirectory=yavar" in unit and "YAVAR_HOME=/var/lib/yavar" in unit
    assert "User=yavar" in unit and "NoNewPrivileges=true" in unit
