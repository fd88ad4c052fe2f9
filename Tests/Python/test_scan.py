"""Scans, scanners and content of the host."""

import io
import itertools
import os

import pytest

import trawl

SOURCE = 'rule needle { meta: confidence = "strong" reason = "because" strings: $a = "needle" condition: $a }'


@pytest.fixture
def rules():
    return trawl.compile(source=SOURCE)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a").write_bytes(b"hay")
    (tmp_path / "b").write_bytes(b"a needle")
    (tmp_path / os.fsdecode(b"b\xff")).write_bytes(b"another needle" * 2)
    return tmp_path


def test_a_scan_yields_findings_and_ends_with_a_summary(rules, folder):
    scan = trawl.scan(folder, rules=rules)
    found = {finding.path: finding for finding in scan}
    assert set(found) == {str(folder / "b"), str(folder / os.fsdecode(b"b\xff"))}
    finding = found[str(folder / "b")]
    assert (finding.rule, finding.confidence, finding.size, finding.reasons) == ("needle", "strong", 8, ["because"])
    assert finding.matches[0]["strings"][0]["offset"] == 2
    assert scan.summary is not None and scan.summary.complete
    assert (scan.summary.seen, scan.summary.matched, scan.summary.clean) == (3, 2, 1)
    assert scan.progress.items == 3


def test_what_could_not_be_scanned_is_a_problem(rules, folder):
    scan = trawl.scan(folder / "none", folder, rules=rules)
    assert len(list(scan)) == 2
    assert [problem.reason for problem in scan.problems] == ["missing"]
    assert not scan.summary.complete


def test_a_scan_that_is_left_early_is_cancelled(rules):
    with trawl.Scan(rules) as scan:
        for number in range(5000):
            scan.add_bytes(b"needle %d" % number, str(number))
        assert len(list(itertools.islice(scan, 3))) == 3
    assert scan.progress.items < 5000


def test_a_cancelled_scan_says_so(rules):
    scan = trawl.Scan(rules).add_bytes(b"needle")
    scan.cancel()
    with pytest.raises(trawl.Cancelled):
        list(scan)


def test_content_of_the_host_is_read_by_a_function(rules):
    asked = []

    def read(offset, count):
        asked.append((offset, count))
        return (b"x" * 100_000 + b"needle")[offset : offset + count]

    scan = trawl.Scan(rules).add_content(trawl.Content(100_006, read), "mine")
    (finding,) = scan
    assert finding.path == "mine" and finding.matches[0]["strings"][0]["offset"] == 100_000
    assert asked[0] == (0, 4096)
    stream = io.BytesIO(b"x" * 100_000 + b"needle")
    (finding,) = trawl.Scan(rules).add_content(trawl.Content.of_file(stream), "stream")
    assert finding.size == 100_006


def test_an_exception_of_a_content_is_raised(rules):
    def read(offset, count):
        raise OSError("the disk is gone")

    scan = trawl.Scan(rules).add_content(trawl.Content(10, read), "mine").add_bytes(b"needle")
    with pytest.raises(OSError, match="the disk is gone"):
        list(scan)
    assert [problem.reason for problem in scan.problems] == ["unreadable"] and scan.summary.matched == 1
    with trawl.Scanner(rules) as scanner, pytest.raises(OSError, match="the disk is gone"):
        scanner.scan_content(trawl.Content(10, read))


def test_holes_are_not_read(rules):
    size = 10**11

    def read(offset, count):
        return bytes(count)

    with trawl.Scanner(rules) as scanner:
        result = scanner.scan_content(trawl.Content(size, read, zeros=lambda offset: size - offset))
    assert result.outcome == "clean"


def test_a_scanner_takes_one_item_after_another(rules, folder):
    with trawl.Scanner(rules, max_size=20) as scanner:
        assert scanner.scan_file(folder / "a").outcome == "clean"
        assert scanner.scan_file(folder / "b").finding.rule == "needle"
        assert scanner.scan_bytes(bytearray(b"a needle"), "mine").finding.path == "mine"
        result = scanner.scan_bytes(b"n" * 30)
        assert result.outcome == "skipped" and result.problems[0].reason == "too_large"
        assert scanner.ledger.seen == 4 and scanner.ledger.matched == 2
    with pytest.raises(ValueError):
        scanner.scan_bytes(b"")


def test_the_built_in_signatures_are_there():
    rules = trawl.builtin()
    assert len(rules) > 50 and rules.without_prefilter is None


def test_options_are_checked(rules):
    with pytest.raises(TypeError):
        trawl.Scan(rules, nonsense=1)
    with pytest.raises(ValueError):
        trawl.Scan(rules, unallocated="some")
