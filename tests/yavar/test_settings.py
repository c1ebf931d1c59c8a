"""Settings say what is wrong by name, all at once, and never give away a secret."""

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from yavar.settings import Settings, SettingsError, load


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_set_is_a_house_on_this_machine_alone(tmp_path):
    settings = load()
    assert settings.home == tmp_path / ".yavar"
    assert settings.database == f"sqlite+aiosqlite:///{tmp_path}/.yavar/yavar.db"
    assert settings.address == "http://127.0.0.1:8080"
    assert settings.planner == "builtin"
    assert settings.listens_to_itself_only
    assert all(span == (0, 24 * 60) for span in settings.hours.days)


@pytest.mark.parametrize(("name", "meant"), [
    ("YAVAR_PROT", "YAVAR_PORT"),
    ("YAVAR_DATABSE_URL", "YAVAR_DATABASE_URL"),
    ("YAVAR_MODEL_NAME", "YAVAR_MODEL"),
    ("YAVAR_SMTP", "YAVAR_SMTP_URL"),
    ("yavar_hosts", "YAVAR_HOST"),
])
def test_an_unknown_name_is_an_error_that_names_the_nearest_right_one(monkeypatch, name, meant):
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=rf"{name} is no setting\. Did you mean {meant}\w*\?"):
        load()


@pytest.mark.parametrize(("name", "value"), [
    ("YAVAR_PORT", "70000"),
    ("YAVAR_PORT", "0"),
    ("YAVAR_PORT", "http"),
    ("YAVAR_URL", "desk.example.org"),
    ("YAVAR_URL", "https://desk.example.org/help"),
    ("YAVAR_URL", "https://desk.example.org:port"),
    ("YAVAR_PLANNER", "gpt"),
    ("YAVAR_MODEL_URL", "file:///etc/passwd"),
    ("YAVAR_DATABASE_URL", "mysql://localhost/yavar"),
    ("YAVAR_DATABASE_URL", "sqlite:///yavar.db"),
    ("YAVAR_SECRET", "short"),
    ("YAVAR_DESK_HOURS", "always"),
    ("YAVAR_DESK_HOURS", "Mon-Fri 8-17"),
    ("YAVAR_DESK_TIMEZONE", "Mars/Olympus"),
    ("YAVAR_DESK_TIMEZONE", "../etc/passwd"),
    ("YAVAR_SMTP_URL", "mail.example.org:25"),
    ("YAVAR_MAIL_FROM", "nobody"),
    ("YAVAR_HEIGHTENED_RISK", "perhaps"),
    ("YAVAR_LOG_LEVEL", "loud"),
    ("YAVAR_OIDC_ISSUER", "http://login.example.org"),
    ("YAVAR_OIDC_ISSUER", "login.example.org"),
    ("YAVAR_OIDC_ROLES", "it-desk=agent"),
    ("YAVAR_OIDC_ROLES", '{"it-desk": "king"}'),
    ("YAVAR_OIDC_ROLES", '{"it-desk": "guest"}'),
    ("YAVAR_OIDC_SCOPES", "profile email"),
    ("YAVAR_OIDC_DEFAULT_ROLE", "admin"),
    ("YAVAR_LOCAL_PASSWORDS", "nobody"),
    ("YAVAR_SESSION_HOURS", "0"),
    ("YAVAR_RATE_LIMIT", "-1"),
])
def test_a_wrong_value_is_an_error_that_names_the_setting(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name}: "):
        load()


@pytest.mark.parametrize(("name", "value"), [
    ("YAVAR_PORT", "9000"),
    ("YAVAR_URL", "https://desk.example.org/"),
    ("YAVAR_DATABASE_URL", "sqlite+aiosqlite:////var/lib/yavar/yavar.db"),
    ("YAVAR_SECRET", "0123456789abcdef"),
    ("YAVAR_DESK_HOURS", "Sun-Thu 08:00-17:00, Sat 09:00-12:00"),
    ("YAVAR_DESK_TIMEZONE", "Asia/Tehran"),
    ("YAVAR_DESK_PHONE", "+1 555 0100"),
    ("YAVAR_SMTP_URL", "smtp://127.0.0.1:1025"),
    ("YAVAR_HEIGHTENED_RISK", "true"),
    ("YAVAR_LOG_LEVEL", "WARNING"),
    ("YAVAR_OIDC_ROLES", '{"it-desk": "agent", "مدیران": "admin"}'),
    ("YAVAR_OIDC_DEFAULT_ROLE", "none"),
    ("YAVAR_SESSION_IDLE_HOURS", "0.5"),
    ("YAVAR_RATE_LIMIT", "0"),
    ("YAVAR_PORT", ""),                # empty is as if it were not set
])
def test_a_right_value_is_taken(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert load().model_dump(include={name.removeprefix("YAVAR_").lower()})


def test_every_problem_is_told_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("YAVAR_PROT", "1")
    monkeypatch.setenv("YAVAR_PORT", "none")
    (tmp_path / "yavar.toml").write_text('desk_timezone = "Moon"\nhots = "0.0.0.0"\n')
    with pytest.raises(SettingsError) as error:
        load()
    assert len(error.value.problems) == 4
    text = str(error.value)
    for words in ("Did you mean YAVAR_PORT", "YAVAR_PORT: ", "desk_timezone in yavar.toml: ", "Did you mean host?"):
        assert words in text


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    (tmp_path / "yavar.toml").write_text('port = 9001\nhost = "::1"\n')
    monkeypatch.setenv("YAVAR_PORT", "9002")
    settings = load()
    assert (settings.port, settings.host) == (9002, "::1")
    assert settings.address == "http://[::1]:9002"


def test_another_file_is_named_by_yavar_config(monkeypatch, tmp_path):
    (tmp_path / "yavar.toml").write_text("port = 9001\n")
    (tmp_path / "other.toml").write_text("port = 9003\n")
    monkeypatch.setenv("YAVAR_CONFIG", str(tmp_path / "other.toml"))
    assert load().port == 9003
    monkeypatch.setenv("YAVAR_CONFIG", str(tmp_path / "gone.toml"))
    with pytest.raises(SettingsError, match="YAVAR_CONFIG: there is no file"):
        load()


def test_a_file_that_is_no_toml_is_an_error_with_its_line(tmp_path):
    (tmp_path / "yavar.toml").write_text("port: 9001\n")
    with pytest.raises(SettingsError, match=r"yavar\.toml cannot be read as TOML.*line 1"):
        load()


@pytest.mark.parametrize(("name", "value"), [
    ("YAVAR_SECRET", "canary-13"),
    ("YAVAR_MODEL_URL", "ftp://me:canary-13@models.example.org"),
    ("YAVAR_SMTP_URL", "http://me:canary-13@mail.example.org"),
    ("YAVAR_DATABASE_URL", "mysql://me:canary-13@localhost/yavar"),
])
def test_an_error_never_repeats_what_may_be_a_secret(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load()
    assert "canary-13" not in str(error.value)


def test_settings_that_are_printed_hide_their_secrets(monkeypatch):
    monkeypatch.setenv("YAVAR_SECRET", "canary-13-and-longer")
    monkeypatch.setenv("YAVAR_MODEL_KEY", "canary-13")
    monkeypatch.setenv("YAVAR_SMTP_URL", "smtp://me:canary-13@mail.example.org")
    assert "canary-13" not in repr(load()) + str(load())


@pytest.mark.parametrize(("environment", "missing"), [
    ({}, "YAVAR_MODEL"),
    ({"YAVAR_MODEL": "some-model"}, "YAVAR_MODEL_KEY"),
    ({"YAVAR_MODEL": "some-model", "YAVAR_MODEL_KEY": "key"}, None),
    ({"YAVAR_MODEL": "some-model", "YAVAR_MODEL_URL": "http://127.0.0.1:8182/v1"}, None),
])
def test_planner_openai_needs_a_model_and_a_way_to_it(monkeypatch, environment, missing):
    monkeypatch.setenv("YAVAR_PLANNER", "openai")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if missing:
        with pytest.raises(SettingsError, match=f"^{missing} is missing"):
            load()
    else:
        assert load().planner == "openai"


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "YAVAR_MODEL_KEY"])
def test_a_model_key_in_the_environment_never_switches_the_planner(monkeypatch, name):
    monkeypatch.setenv(name, "key")
    monkeypatch.setenv("YAVAR_MODEL", "some-model")
    assert load().planner == "builtin"


@pytest.mark.parametrize(("host", "alone"), [
    ("127.0.0.1", True),
    ("127.8.8.8", True),
    ("::1", True),
    ("localhost", True),
    ("0.0.0.0", False),
    ("192.0.2.7", False),
    ("desk.example.org", False),
])
def test_only_loopback_is_this_machine_alone(host, alone):
    assert Settings(host=host).listens_to_itself_only is alone


def test_the_secret_is_a_file_that_only_the_owner_reads_and_stays_the_same(tmp_path):
    secret = load().house_secret
    file = tmp_path / ".yavar" / "secret"
    assert len(secret) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load().house_secret == secret
    assert [path.name for path in file.parent.iterdir()] == ["secret"]


def test_processes_that_start_together_agree_on_the_secret(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: load().house_secret, range(64)))
    assert len(found) == 1


def test_a_secret_in_the_environment_is_used_and_makes_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("YAVAR_SECRET", "the same on every replica")
    assert load().house_secret == "the same on every replica"
    assert not (tmp_path / ".yavar").exists()


@pytest.mark.parametrize(("mode", "text", "words"), [
    (0o644, "x" * 64, "chmod 600"),
    (0o600, "", "holds no secret"),
])
def test_a_secret_file_that_is_open_or_empty_is_refused(tmp_path, mode, text, words):
    (tmp_path / ".yavar").mkdir()
    file = tmp_path / ".yavar" / "secret"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(SettingsError, match=words):
        _ = load().house_secret


def test_the_readme_s_table_names_every_setting_with_its_default():
    rows = re.findall(r"^\| `(YAVAR_\w+)` \| (.+?) \|", (Path(__file__).parents[2] / "README.md").read_text("utf-8"), re.MULTILINE)
    assert [name for name, _ in rows] == ["YAVAR_" + name.upper() for name in Settings.model_fields]
    shown = {name: default.strip("`") for name, default in rows if default.startswith("`")}
    assert shown == {name: str(default).lower() if isinstance(default, bool) else str(default) for name, _ in rows
                     if (default := Settings.model_fields[name.removeprefix("YAVAR_").lower()].default) not in (None, "")}


def test_an_unknown_name_that_is_near_to_nothing_is_told_all_names(monkeypatch):
    monkeypatch.setenv("YAVAR_QQQQ", "1")
    with pytest.raises(SettingsError, match=r"YAVAR_QQQQ is no setting\. There are YAVAR_HOME, .*YAVAR_CONFIG\."):
        load()


@pytest.mark.parametrize(("given", "wanted"), [
    ({"YAVAR_OIDC_ISSUER": "https://login.example.org/realms/x"}, "YAVAR_OIDC_CLIENT_ID is missing"),
    ({"YAVAR_LOCAL_PASSWORDS": "admins"}, "YAVAR_OIDC_ISSUER is missing"),
    ({"YAVAR_OIDC_ISSUER": "https://login.example.org", "YAVAR_OIDC_CLIENT_ID": "yavar", "YAVAR_LOCAL_PASSWORDS": "admins"}, None),
    ({"YAVAR_OIDC_ISSUER": "http://127.0.0.1:9400", "YAVAR_OIDC_CLIENT_ID": "yavar"}, None),
])
def test_a_company_sign_in_is_whole_or_named(monkeypatch, given, wanted):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    if wanted is None:
        assert load().oidc_issuer == given["YAVAR_OIDC_ISSUER"]
    else:
        with pytest.raises(SettingsError, match=wanted):
            load()


def test_roles_of_groups_are_a_table_in_the_file(empty_folder):
    (empty_folder / "yavar.toml").write_text('oidc_default_role = "none"\n[oidc_roles]\nit-desk = "agent"\n', "utf-8")
    rules = load().rules
    assert (rules.roles, rules.default) == ({"it-desk": "agent"}, None)
