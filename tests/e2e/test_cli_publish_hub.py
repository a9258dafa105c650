"""`curate publish` and `curate verify` against a stand-in for the Hub on this machine."""

import json

import pytest
from hub_server import READER, TOKEN, serving_hub
from huggingface_hub import constants
from publish_samples import DECIDE_ALL

from curate.tables import share

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # of uploads
REPO = "org/demo"
NOTES = share("data_cards", "demo", "notes.yaml")


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """A home without tokens; lines are looked at once; and no Xet, which the stand-in does not speak."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("XDG_CACHE_HOME", str(home))
        patch.delenv("HF_TOKEN", raising=False)
        patch.delenv("HUGGING_FACE_HUB_TOKEN", raising=False)
        patch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        yield


@pytest.fixture
def hub(monkeypatch):
    with serving_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield hub


@pytest.fixture(scope="module")
def decisions(tmp_path_factory):
    path = tmp_path_factory.mktemp("decided") / "decisions.jsonl"
    path.write_text(json.dumps(DECIDE_ALL))
    return path


@pytest.fixture
def publish(cli, demo_run, decisions, tmp_path):
    """Publishes the demo's pairs, or its corpus, from one folder."""

    def publish(*words, pairs=False):
        run = demo_run.with_name(f"{demo_run.name}-pairs") if pairs else demo_run
        more = ("--notes", NOTES, "--corpus", demo_run) if pairs else ()
        fixed = ("--repo", REPO, "--decisions", decisions, "--out", tmp_path / run.name)
        told = cli("publish", run, *fixed, *more, "--yes", "--format", "json", *words)
        assert TOKEN not in told.out + told.err
        assert READER not in told.out + told.err
        return told

    return publish


def test_a_push_is_one_tagged_commit_that_a_stranger_can_verify(publish, hub, cli, monkeypatch):
    told = publish(pairs=True)
    assert told.code == 0, told.out
    repo = hub.repos[REPO]
    assert len(repo.commits) == 2, "the one that makes the data set, and ours"
    assert repo.refs == {told.data["tag"]: told.data["commit"]}
    assert told.data["verified"] == len(told.data["files"]) == len(repo.files("main")) - 1
    assert not repo.private
    again = publish(pairs=True)
    assert (again.code, again.data["commit"]) == (0, told.data["commit"])
    assert len(repo.commits) == 2
    assert len(hub.puts) == len(set(hub.puts)), "nothing is sent twice"
    monkeypatch.delenv("HF_TOKEN")
    bench = share("pipelines", "demo", "held_out.jsonl")
    words = ("--benchmark", f"held-out={bench}", "--format", "json")
    verified = cli("verify", f"{REPO}@{told.data['tag']}", *words)
    assert verified.code == 0, verified.out
    assert verified.data["published"] == f"{REPO}@{told.data['commit']}"
    files = dict(repo.files("main"))
    files["README.md"] += b"More than 60 pairs.\n"
    repo.commit(files)
    edited = cli("verify", REPO, *words)
    assert edited.code == 4
    assert "README.md: not what the data says" in edited.data["changed"]
    missing = cli("verify", "org/other", *words)
    assert (missing.code, missing.data["error"]["kind"]) == (3, "input")


def test_an_interrupted_upload_goes_on_where_it_was(publish, hub):
    hub.refuse_puts_after = 1
    told = publish(pairs=True)
    assert told.code == 5
    assert "what was sent is not sent again" in told.data["error"]["hint"]
    assert len(hub.puts) == 1
    hub.refuse_puts_after = None
    assert publish(pairs=True).code == 0
    assert len(hub.puts) == len(set(hub.puts)) == len(hub.objects)


def test_a_pull_request_and_a_private_data_set(publish, hub):
    told = publish("--create-pr", "--private")
    assert told.code == 0, told.out
    repo = hub.repos[REPO]
    assert repo.private
    assert told.data["pull_request"].endswith("/discussions/1")
    assert repo.refs == {"refs/pr/1": told.data["commit"]}
    assert set(repo.files("main")) == {".gitattributes"}


def test_what_is_no_part_of_the_release_goes(publish, hub):
    hub.add(REPO, **{".gitattributes": "", "old.txt": "of an older release"})
    assert publish().code == 0
    assert "old.txt" not in hub.repos[REPO].files("main")


def test_a_repository_that_moved_on_is_left_alone(publish, hub):
    hub.add(REPO, **{".gitattributes": ""})
    hub.move_on = True
    told = publish()
    assert told.code == 4
    assert "the repository has moved on meanwhile" in told.data["error"]["message"]
    assert set(hub.repos[REPO].files("main")) == {"somebody"}


@pytest.mark.parametrize("name", ["README.md", "data/corpus/train-00000-of-00001.parquet"])
def test_what_lies_at_the_hub_is_compared_by_hash(publish, hub, name):
    hub.spoil = name
    told = publish()
    assert told.code == 4
    message = f"what lies at the Hub is not what was sent: {name}: other content"
    assert told.data["error"]["message"] == message
    assert "verified" not in told.data


def test_a_file_over_the_limit_of_the_hub(publish, hub, monkeypatch):
    hub.largest = 1_000
    told = publish()
    assert told.code == 3
    assert "File is larger than the limit" in told.data["error"]["message"]
    monkeypatch.setattr("curate.publishing.hub.LARGEST", 10_000)
    told = publish()
    assert told.code == 3
    assert "the Hub takes 10,000 a file" in told.data["error"]["message"]


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (None, "no token of the Hugging Face Hub"),
        ("hf_unknown", "the Hub does not know the token"),
        (READER, "the token has no right to"),
    ],
)
def test_a_token_that_may_not(publish, hub, monkeypatch, token, message):
    if token is None:
        monkeypatch.delenv("HF_TOKEN")
    else:
        monkeypatch.setenv("HF_TOKEN", token)
    told = publish()
    assert told.code == 5
    assert message in told.data["error"]["message"]
    assert "hf auth login" in told.data["error"]["hint"]
    assert not hub.puts


def test_no_hub_to_reach_and_nobody_to_ask(
    publish, hub, monkeypatch, cli, demo_run, decisions, tmp_path
):
    told = cli(
        *("publish", demo_run, "--repo", REPO, "--decisions", decisions),
        *("--out", tmp_path / "out", "--format", "json"),
    )
    assert (told.code, told.data["error"]["message"]) == (2, "nothing was sent")
    assert REPO not in hub.repos
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    told = publish()
    assert told.code == 5
    assert "no way to the Hub" in told.data["error"]["message"]
