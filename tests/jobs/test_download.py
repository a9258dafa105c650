"""One file over a real HTTP connection: resumed, bounded, and never believed."""

import io

import pytest
from file_server import serving

from curate.errors import InputError, UsageError
from curate.jobs import download as module
from curate.jobs.download import check_url, download

BODY = bytes(range(256)) * 1_000


@pytest.fixture
def served(monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving({"/a": BODY, "/empty": b""}) as served:
        yield served


def _got(served, begin=b"", size=256_000, path="/a"):
    part = io.BytesIO(begin)
    download(served.url + path, size, part)
    return part.getvalue()


def test_a_file_is_got(served):
    assert _got(served) == BODY
    assert served.asked == [("/a", None)]


def test_an_empty_file_needs_no_request(served):
    assert _got(served, size=0, path="/empty") == b""
    assert served.asked == []


@pytest.mark.parametrize("have", [1, 70_000, len(BODY) - 1])
def test_it_goes_on_where_the_part_ends(served, have):
    assert _got(served, BODY[:have]) == BODY
    assert served.asked == [("/a", f"bytes={have}-")]


def test_a_whole_part_is_not_got_again(served):
    assert _got(served, BODY) == BODY
    assert served.asked == []


def test_a_part_that_is_too_long_is_begun_again(served):
    assert _got(served, BODY + b"more") == BODY
    assert served.asked == [("/a", None)]


def test_a_server_that_knows_no_ranges_sends_all_of_it(served):
    served.ranges = False
    assert _got(served, BODY[:5_000]) == BODY
    assert served.asked == [("/a", "bytes=5000-")]


def test_an_answer_from_another_place_is_not_taken(served):
    served.wrong_start = True
    assert _got(served, BODY[:5_000]) == BODY
    assert served.asked == [("/a", "bytes=5000-"), ("/a", None)]


def test_a_range_beyond_the_end_is_asked_whole(served):
    served.files["/a"] = BODY[:100]
    with pytest.raises(InputError, match=r"ended after 100 of 256,000 bytes"):
        _got(served, BODY[:5_000])
    assert ("/a", None) in served.asked


def test_a_connection_cut_midway_is_taken_up_again(served):
    served.cut = [70_000, 1_000]
    assert _got(served) == BODY
    assert served.asked == [("/a", None), ("/a", "bytes=70000-"), ("/a", "bytes=71000-")]


def test_one_cut_again_and_again_is_told(served):
    served.cut = [10] * 9
    part = io.BytesIO()
    with pytest.raises(InputError, match=r"ended after 40 of 256,000 bytes") as told:
        download(f"{served.url}/a", len(BODY), part)
    assert told.value.where == f"{served.url}/a"
    assert told.value.hint == "The same command goes on from there."
    assert part.getvalue() == BODY[:40]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(served, status):
    served.answers = [status, status]
    assert _got(served) == BODY


def test_a_server_that_stays_busy_is_told(served):
    served.answers = [503] * 9
    with pytest.raises(InputError, match=r"ended after 0 of .* the server says 503"):
        _got(served)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_told_and_not_repeated(served, status):
    served.answers = [status]
    with pytest.raises(InputError, match=f"the server says {status}"):
        _got(served)
    assert len(served.asked) == 1


def test_more_than_the_stated_size_is_refused_without_reading_it(served):
    served.endless = True
    part = io.BytesIO()
    with pytest.raises(InputError, match="is larger than the 1,000 bytes of the pinned file"):
        download(f"{served.url}/a", 1_000, part)
    assert part.getvalue() == b""


def test_no_other_kind_of_address_is_followed(served, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(BODY)
    served.moved = secret.as_uri()
    with pytest.raises(InputError):
        _got(served)


def test_a_redirect_is_followed(served):
    served.files["/b"] = BODY
    with serving({"/a": BODY}) as first:
        first.moved = f"{served.url}/b"
        assert _got(first) == BODY
    assert served.asked == [("/b", None)]


def test_the_proxy_of_the_environment_is_used(served, monkeypatch):
    monkeypatch.setenv("http_proxy", served.url)
    monkeypatch.setenv("no_proxy", "")
    served.files["http://files.invalid/a"] = BODY
    part = io.BytesIO()
    download("http://files.invalid/a", len(BODY), part)
    assert part.getvalue() == BODY
    assert served.asked == [("http://files.invalid/a", None)]


def test_no_connection_is_told_with_the_way_without_a_network():
    with pytest.raises(InputError, match="no connection: ") as told:
        download("http://127.0.0.1:1/a", 5, io.BytesIO())
    assert "--from" in told.value.hint


@pytest.mark.parametrize("url", ["ftp://a/b", "file:///etc/passwd", "a.example", "http://", ""])
def test_what_is_no_web_address(url):
    with pytest.raises(UsageError, match="--base-url wants"):
        check_url(url)
