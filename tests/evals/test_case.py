"""Cases are data; what isn't one is named with its line."""

import gzip
import json

import pytest

from evals.case import BadData, load

GOOD = {"text": "hello", "label": "other", "lang": "en", "more": 1}


def lines(*rows: object) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)


def test_plain_and_gzipped_files_read_the_same(tmp_path):
    plain, zipped = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_text(lines(GOOD, GOOD | {"text": "سلام\u2028دوباره", "lang": "fa"}), "utf-8")
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    assert [case.text for case in load([plain], ("other",))] == [case.text for case in load([zipped], ("other",))]


@pytest.mark.parametrize(("bad", "says"), [
    (GOOD | {"label": "humna"}, "unknown label 'humna'"),
    (GOOD | {"lang": "de"}, "unknown lang 'de'"),
    ({"text": "x", "label": "other"}, "unknown lang None"),
    (GOOD | {"text": " "}, "`text`"),
    ("{", "not JSON"),
    ("[1]", "JSON object"),
])
def test_a_bad_line_is_named(tmp_path, bad, says):
    (tmp_path / "a.jsonl").write_text(lines(GOOD, "", bad), "utf-8")
    with pytest.raises(BadData, match=rf"a\.jsonl:3: .*{says}"):
        load([tmp_path / "a.jsonl"], ("human", "other"))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\n"])
def test_a_file_without_cases_is_refused(tmp_path, content):
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(BadData):
        load([tmp_path / "a.jsonl"], ("other",))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadData, match="No such file"):
        load([tmp_path / "b.jsonl"], ("other",))
