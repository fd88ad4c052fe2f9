"""Rules.match: the results of yara-python, and its arguments."""

import io
import os
import threading

import pytest
from conftest import RULES, plain

import trawl


def test_results_are_those_of_yara_python(yara, files):
    ours, theirs = trawl.compile(source=RULES), yara.compile(source=RULES)
    matched = 0
    for file in files:
        expected = plain(theirs.match(str(file)))
        assert plain(ours.match(str(file))) == expected, file
        assert plain(ours.match(data=file.read_bytes())) == expected, file
        matched += len(expected)
    assert matched > 200


def test_callbacks_are_those_of_yara_python(yara, files):
    def calls(rules, **options):
        seen = []

        def callback(data):
            seen.append({key: value for key, value in data.items() if key != "strings"})

        rules.match(data=b"a needle in the hay", callback=callback, **options)
        return seen

    ours, theirs = trawl.compile(source=RULES), yara.compile(source=RULES)
    assert calls(ours) == calls(theirs)
    assert [data["matches"] for data in calls(ours, which_callbacks=trawl.CALLBACK_MATCHES)] == [True, True]
    only_others = trawl.CALLBACK_NON_MATCHES
    assert calls(ours, which_callbacks=only_others) == calls(theirs, which_callbacks=only_others)


def test_modules_are_those_of_yara_python(yara):
    source = 'import "tests" import "pe" rule r { condition: tests.constants.one == 1 or pe.is_pe }'
    found = []
    for module in (trawl, yara):
        seen = []
        module.compile(source=source).match(data=b"MZ" + bytes(200), modules_callback=seen.append)
        found.append(sorted(seen, key=lambda data: data["module"]))
    assert found[0] == found[1]
    assert found[0][1]["constants"]["foo"] == b"foo"


@pytest.mark.parametrize(
    "source",
    ["rule a { condition: nothing }", "rule a { condition: true } rule a { condition: true }", "rule", 'include "nowhere"'],
)
def test_errors_are_those_of_yara_python(yara, source):
    messages = []
    for module in (trawl, yara):
        with pytest.raises(module.SyntaxError) as error:
            module.compile(source=source, includes=False)
        messages.append(str(error.value))
    assert messages[0] == messages[1]


def test_a_match_has_its_parts():
    (match,) = trawl.compile(
        source='rule r : t { meta: a = 1 a = "two" strings: $x = "secret" xor(2) condition: $x }'
    ).match(data=bytes(byte ^ 2 for byte in b"a secret"))
    assert (match.rule, match.namespace, match.tags, match.meta) == ("r", "default", ["t"], {"a": "two"})
    (string,) = match.strings
    assert string.identifier == "$x" and string.is_xor()
    (instance,) = string.instances
    assert (instance.offset, instance.matched_length) == (2, 6)
    if trawl.YARA_VERSION_HEX >= 0x40500:
        assert instance.xor_key == 2 and instance.plaintext() == b"secret"
    assert repr(match) == "r" and match == match
    with pytest.raises(TypeError):
        match == "r"  # noqa: B015


def test_metadata_may_be_lists():
    rules = trawl.compile(source="rule r { meta: a = 1 a = 2 b = 3 condition: true }")
    assert rules.match(data="x", allow_duplicate_metadata=True)[0].meta == {"a": [1, 2], "b": [3]}


def test_externals_change_for_one_match():
    rules = trawl.compile(source='rule r { condition: limit > 3 and name contains "x" }', externals={"limit": 0, "name": "x"})
    assert rules.match(data="d") == []
    assert len(rules.match(data="d", externals={"limit": 4, "unknown": True})) == 1
    assert rules.match(data="d") == []
    with pytest.raises(trawl.Error, match="different type"):
        rules.match(data="d", externals={"limit": "text"})
    with pytest.raises(TypeError):
        rules.match(data="d", externals={"limit": object()})


def test_exceptions_of_callbacks_are_raised():
    class Own(Exception):
        pass

    def raises(*_):
        raise Own

    rules = trawl.compile(source='import "console" rule r { condition: console.log("x") }')
    for name in ("callback", "console_callback"):
        with pytest.raises(Own):
            rules.match(data="d", **{name: raises})
    with pytest.raises(Own):
        trawl.compile(source='include "x"', include_callback=raises)


def test_a_callback_may_end_the_scan():
    rules = trawl.compile(source="rule a { condition: true } rule b { condition: true }")
    matches = rules.match(data="d", callback=lambda _: trawl.CALLBACK_ABORT)
    assert [match.rule for match in matches] == ["a"]


def test_rules_are_saved_and_loaded(tmp_path):
    rules = trawl.compile(source='rule r { strings: $a = "needle" condition: $a }')
    assert rules.match(data="needle")
    rules.save(str(tmp_path / "rules"))
    stream = io.BytesIO()
    rules.save(file=stream)
    assert stream.getvalue() == (tmp_path / "rules").read_bytes()
    stream.seek(0)
    for loaded in (trawl.load(str(tmp_path / "rules")), trawl.load(file=stream)):
        assert loaded.match(data="a needle") and not loaded.match(data="hay")
    with pytest.raises(trawl.Error, match="invalid rules file"):
        trawl.load(file=io.BytesIO(b"nothing"))
    with pytest.raises(trawl.Error, match="could not open file"):
        trawl.load("/nonexistent")


def test_files_and_namespaces(tmp_path):
    (tmp_path / "one").write_text("rule one { condition: true }")
    (tmp_path / "two").write_text('include "one" rule two { condition: one }')
    rules = trawl.compile(filepaths={"a": str(tmp_path / "one"), "b": str(tmp_path / "two")})
    assert [(m.rule, m.namespace) for m in rules.match(data="d")] == [("one", "a"), ("one", "b"), ("two", "b")]
    with open(tmp_path / "one") as file:
        assert trawl.compile(file=file).match(data="d")
    with pytest.raises(trawl.Error, match="No such file"):
        trawl.compile(str(tmp_path / "none"))
    (tmp_path / "bad").write_text("\nrule bad { condition: nothing }")
    with pytest.raises(trawl.SyntaxError, match=r"bad\(2\): undefined identifier"):
        trawl.compile(str(tmp_path / "bad"))


def test_what_cannot_be_read_is_an_error(tmp_path):
    rules = trawl.compile(source="rule r { condition: true }")
    with pytest.raises(trawl.Error, match="could not open file"):
        rules.match(str(tmp_path / "none"))
    with pytest.raises(trawl.Error):
        rules.match(str(tmp_path))
    with pytest.raises(TypeError):
        rules.match()


def test_a_slow_scan_times_out():
    rules = trawl.compile(source="rule r { condition: for all i in (1..10000000000) : (i != 0) }")
    with pytest.raises(trawl.TimeoutError, match="scanning timed out"):
        rules.match(data=b"abcd" * 1000, timeout=1)
    assert trawl.compile(source="rule r { condition: true }").match(data=b"d")


def test_the_memory_of_a_process_is_matched():
    rules = trawl.compile(source='rule r { strings: $a = "a needle in this process" condition: $a }')
    try:
        assert rules.match(pid=os.getpid())
    except trawl.Error as error:
        assert "access denied" in str(error)


def test_too_many_matches_are_told():
    rules = trawl.compile(sources={"space": 'rule r { strings: $x = "X" condition: $x }'})
    told = []
    rules.match(data=memoryview(b"X" * 1_000_099), warnings_callback=lambda *told_: told.append(told_))
    assert told == [(trawl.CALLBACK_TOO_MANY_MATCHES, ("space", "r", "$x"))]
    with pytest.warns(RuntimeWarning, match="too many matches"):
        rules.match(data=b"X" * 1_000_099)


def test_warnings_are_kept_or_errors():
    source = 'rule r { strings: $a = "A" condition: $a }'
    assert trawl.compile(source=source).warnings == ['line 1: string "$a" may slow down scanning']
    with pytest.raises(trawl.WarningError) as error:
        trawl.compile(source=source, error_on_warning=True)
    assert error.value.warnings == ['line 1: string "$a" may slow down scanning']


def test_threads_share_rules_and_run_at_the_same_time(files):
    rules = trawl.compile(source=RULES)
    expected = [plain(rules.match(str(file))) for file in files[:200]]
    seen: dict[int, list] = {}

    def work(number):
        seen[number] = [plain(rules.match(str(file))) for file in files[:200]]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [seen[number] for number in range(8)] == [expected] * 8


def test_the_gil_is_released():
    rules = trawl.compile(source="rule r { condition: for all i in (1..100000000000) : (i != 0) }")
    ticks = []

    def work():
        with pytest.raises(trawl.TimeoutError):
            rules.match(data=b"d", timeout=1)
        ticks.append("end")

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive() and len(ticks) < 1000:
        ticks.append("tick")
        thread.join(0.001)
    thread.join()
    # With the GIL held, this thread would have had no turn before the end.
    assert ticks.index("end") > 10 if "end" in ticks else len(ticks) == 1000
