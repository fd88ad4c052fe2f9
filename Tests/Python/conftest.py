"""Rules and files of the tests of the Python module, and the peer that it is compared with."""

import random
from pathlib import Path

import pytest

try:
    import yara as peer
except ImportError:
    peer = None

RULES = """
import "pe"
import "math"
private rule hidden { strings: $a = "needle" condition: $a }
rule first : tag1 tag2 {
  meta: number = 7 flag = true text = "value" number = 8
  strings: $a = "needle" $b = { 68 61 ?? } $c = /e+dle/ $ = "hay" wide ascii $x = "secret" xor(1-3)
  condition: any of them
}
rule second { condition: hidden and filesize < 4000 }
rule third { condition: pe.is_pe or math.entropy(0, filesize) > 7.9 }
rule fourth { strings: $a = "needle" fullword $b = "NEEDLE" nocase condition: #b > 1 and @a[1] > 10 }
"""


@pytest.fixture(scope="session")
def yara():
    """yara-python."""
    if peer is None:
        pytest.skip("yara-python is not installed")
    return peer


@pytest.fixture(scope="session")
def files(tmp_path_factory) -> list[Path]:
    """A thousand files, with and without what the rules search."""
    folder = tmp_path_factory.mktemp("files")
    source = random.Random(3)
    words = [b"needle", b"NEEDLE", b"hay", b"h\0a\0y\0", bytes(byte ^ 2 for byte in b"secret"), b"eeedle", b"MZ"]
    made = []
    for number in range(1000):
        content = source.randbytes(source.choice([0, 1, 30, 4000, 70_000]))
        for _ in range(source.choice([0, 0, 0, 1, 5])):
            place = source.randint(0, len(content))
            content = content[:place] + source.choice(words) + content[place:]
        made.append(folder / str(number))
        made[-1].write_bytes(content)
    return made


def plain(matches) -> list:
    """Matches of any version of yara-python, and of ours, as values that compare."""
    return [
        (match.rule, match.namespace, list(match.tags), dict(match.meta), sorted(_places(match.strings)))
        for match in matches
    ]


def _places(strings):
    for string in strings:
        if isinstance(string, tuple):  # before 4.3
            offset, identifier, data = string
            yield offset, identifier, bytes(data)
        else:
            for instance in string.instances:
                yield instance.offset, string.identifier, instance.matched_data
