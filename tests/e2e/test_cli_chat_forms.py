"""`curate audit` over the forms of training data: a leak in any message of any role is found and named."""

import json

import polars as pl
import pytest

CLEAN = "肺胞で酸素を受け取った血液は、肺静脈を通って左心房に戻り、左心室から全身へ送り出される。"
OTHER = "井戸水は夏に冷たく冬に温かく感じるが、実際の水温は一年を通してほとんど変わらない。"
WITHOUT_POWER = [
    word
    for setting in ("power_items=0", "power_floor=null")
    for word in ("--set", f"stages.leakage.{setting}")
]


def _messages(place, leak):
    roles = ("system", "user", "assistant", "tool")
    return [{"role": role, "content": leak if role == place else CLEAN} for role in roles]


FORMS = {
    **{
        f"messages, {role}": lambda leak, role=role: {"messages": _messages(role, leak)}
        for role in ("system", "user", "assistant", "tool")
    },
    "conversations": lambda leak: {
        "conversations": [{"from": "human", "value": CLEAN}, {"from": "gpt", "value": leak}]
    },
    "prompt and completion": lambda leak: {"prompt": CLEAN, "completion": leak},
    "prompt as messages": lambda leak: {
        "prompt": [{"role": "user", "content": leak}],
        "completion": [{"role": "assistant", "content": CLEAN}],
    },
    "chosen": lambda leak: {"prompt": CLEAN, "chosen": leak, "rejected": OTHER},
    "rejected": lambda leak: {"prompt": CLEAN, "chosen": OTHER, "rejected": leak},
    "rejected as messages": lambda leak: {
        "chosen": [{"role": "assistant", "content": CLEAN}],
        "rejected": [{"role": "assistant", "content": leak}],
    },
    "instruction": lambda leak: {"instruction": leak, "input": "", "output": CLEAN},
    "input": lambda leak: {"instruction": CLEAN, "input": leak, "output": OTHER},
    "output": lambda leak: {"instruction": CLEAN, "input": None, "output": leak},
    "text": lambda leak: {"text": CLEAN + leak},
    "content parts": lambda leak: {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "iVBO" * 99}},
                    {"type": "image", "image": None},
                    {"type": "text", "text": leak},
                ],
            },
            {"role": "assistant", "content": None},
        ]
    },
    "tool calls": lambda leak: {
        "messages": [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"type": "function", "function": {"name": "ask", "arguments": {"q": leak}}}
                ],
            }
        ],
        "tools": [{"type": "function", "function": {"name": "ask", "description": CLEAN}}],
    },
    "tool calls as JSON": lambda leak: {
        "messages": [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"function": {"name": "ask", "arguments": json.dumps({"q": leak})}}],
            }
        ]
    },
    "a column as JSON": lambda leak: {"messages": json.dumps(_messages("user", leak))},
    "conversations of conversations": lambda leak: {
        "turns": [[{"role": "user", "content": CLEAN}], [[{"role": "user", "content": leak}]]]
    },
    "keys": lambda leak: {"card": {leak: True}},
}  # fmt: skip


@pytest.fixture
def audit(cli, held_out, tmp_path, table):
    """Audits paths against the small benchmark; returns the exit code and who leaks which item."""

    def audit(*words):
        out = tmp_path / f"audit-{len(list(tmp_path.glob('audit-*')))}"
        told = cli(
            "audit", *words, "--benchmark", f"held-out={held_out}", *WITHOUT_POWER, "--out", out
        )
        assert told.code in (0, 4), told.err
        rows = table(out / "findings.parquet")
        return told.code, {(row["record_id"], row["item_id"], row["verdict"]) for row in rows}

    return audit


@pytest.fixture
def planted(items):
    item = items()[1]
    return "\n".join([item["text"], *item["choices"]])


@pytest.mark.parametrize("form", FORMS)
def test_a_leak_is_found_in_its_row(audit, write, planted, form):
    make = FORMS[form]
    named = write("named.jsonl", [make(CLEAN), {"id": "own-2", **make(planted)}])
    nameless = write("rows.jsonl", [make(CLEAN), make(planted)])
    found = {(row, "30A2", "contaminated") for row in ("own-2", "rows.jsonl:2")}
    assert audit(named, nameless) == (4, found)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_form_without_a_leak_passes(audit, write, form):
    assert audit(write("rows.jsonl", [FORMS[form](OTHER)])) == (0, set())


@pytest.mark.parametrize(
    "form", ["messages, user", "conversations", "prompt as messages", "rejected", "content parts"]
)
def test_a_leak_is_found_in_parquet(audit, tmp_path, planted, form):
    rows = [FORMS[form](CLEAN), FORMS[form](planted)]
    path = tmp_path / "rows.parquet"
    pl.DataFrame([{"id": f"r{n}", **row} for n, row in enumerate(rows)]).write_parquet(path)
    assert audit(path) == (4, {("r1", "30A2", "contaminated")})


def test_columns_narrow_to_the_messages(audit, write, planted):
    rows = [
        {"id": "r1", "messages": _messages("user", CLEAN), "source": planted},
        {"id": "r2", "messages": _messages("user", planted), "source": CLEAN},
    ]
    path = write("rows.jsonl", rows)
    assert audit(path, "--columns", "messages") == (4, {("r2", "30A2", "contaminated")})
    assert audit(path, "--columns", "source") == (4, {("r1", "30A2", "contaminated")})


def test_a_question_split_over_content_parts_is_found(audit, write, items):
    item = items()[1]
    parts = [{"type": "text", "text": part} for part in [item["text"], *item["choices"]]]
    path = write("rows.jsonl", [{"messages": [{"role": "user", "content": parts}]}])
    assert audit(path) == (4, {("rows.jsonl:1", "30A2", "contaminated")})


def test_a_row_without_any_text_is_no_leak(audit, write):
    row = {"messages": [{"role": "assistant", "content": None, "tool_calls": []}], "n": 1}
    assert audit(write("rows.jsonl", [row, {"text": CLEAN}])) == (0, set())


def test_a_later_row_of_questions_leaves_no_text_unread(
    cli, write, old, planted, held_out, tmp_path
):
    rows = [*old(), {**old()[0], "id": "x", "messages": _messages("user", planted)}]
    words = ("--benchmark", f"held-out={held_out}", "--out", tmp_path / "run")
    told = cli("audit", write("rows.jsonl", rows), *words)
    assert told.code == 3
    assert "questions/rows.jsonl:4: 1 rows could not be read" in told.err
    assert "'messages': no column of questions; layout: texts reads every column" in told.err


def test_markdown_is_read_whole(audit, write, planted):
    note = planted.replace("\n", "\n  ")
    write("notes/a.md", f"---\nnote: |\n  {note}\n---\n{CLEAN}")
    write("notes/b.md", f"---\nnot: yaml: at all\n---\n{CLEAN}")
    write("notes/c.txt", f"{CLEAN}\r\n{planted}")
    code, found = audit(write("notes/d.txt", CLEAN).parent)
    assert code == 4
    assert {record for record, _, _ in found} == {"a", "c"}
