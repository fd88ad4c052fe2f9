"""Makes registry hives with hivex:

  hives.py OUTDIR          those of scripts/trace-fixture, from the texts below
  hives.py TEXT HIVE       one of a file of text

A text is a key a line, its values indented below it: NAME=TYPE:DATA, TYPE being sz, expand, multi or dword.
"""

import os
import struct
import sys
from pathlib import Path

import hivex

SZ, EXPAND, BINARY, DWORD, MULTI = 1, 2, 3, 4, 7
TYPES = {"sz": SZ, "expand": EXPAND, "dword": DWORD, "multi": MULTI}
# 2023-11-14 22:13:20 UTC
FILE_TIME = (1_700_000_000 + 11_644_473_600) * 10_000_000


def cell(content: bytes) -> bytes:
    length = -(-(len(content) + 4) // 8) * 8
    return struct.pack("<i", -length) + content.ljust(length - 4, b"\0")


def key_node(flags, parent, subkeys, subkey_list, values, value_list, security, name: bytes) -> bytes:
    return struct.pack(
        "<2sHQIIIIIIIIIIIIIIIHH", b"nk", flags, FILE_TIME, 0, parent, subkeys, 0, subkey_list, 0xFFFFFFFF,
        values, value_list, security, 0xFFFFFFFF, 0, 0, 0, 0, 0, len(name), 0) + name


def security() -> bytes:
    descriptor = struct.pack("<BBHIIII", 1, 0, 0x8000, 0, 0, 0, 0)
    return struct.pack("<2sHIIII", b"sk", 0, 0x20, 0x20, 1, len(descriptor)) + descriptor


def file(cells: bytes, root: int, minor: int) -> bytes:
    """Base block and one bin around cells, which begin at 0x20."""
    length = -(-(len(cells) + 32) // 4096) * 4096
    rest = length - 32 - len(cells)
    bins = struct.pack("<4sIIQQI", b"hbin", 0, length, 0, FILE_TIME, 0) + cells
    bins += struct.pack("<i", rest).ljust(rest, b"\0") if rest else b""
    base = struct.pack("<4sIIQIIIIIII", b"regf", 1, 1, FILE_TIME, 1, minor, 0, 1, root, length, 1).ljust(508, b"\0")
    checksum = 0
    for (word,) in struct.iter_unpack("<I", base):
        checksum ^= word
    return (base + struct.pack("<I", checksum)).ljust(4096, b"\0") + bins


def empty() -> bytes:
    """A hive with nothing but its root, for hivex to fill: it makes none of its own."""
    first = cell(security())
    root = 0x20 + len(first)
    return file(first + cell(key_node(0x2C, root, 0, 0xFFFFFFFF, 0, 0xFFFFFFFF, 0x20, b"ROOT")), root, 3)


def data(kind: str, text: str) -> bytes:
    if kind == "dword":
        return struct.pack("<I", int(text))
    if kind == "multi":
        return "".join(part + "\0" for part in text.split("|")).encode("utf-16-le") + b"\0\0"
    return (text + "\0").encode("utf-16-le")


def make(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(empty())
    fill(hivex.Hivex(str(path), write=True), text)


def fill(hive, text: str) -> None:
    """Adds keys to a hive, and writes it."""
    key, values = None, []

    def finish():
        if key is not None:
            hive.node_set_values(key, values)

    for line in text.splitlines():
        if not line.strip():
            continue
        if line.startswith(" "):
            name, _, rest = line.strip().partition("=")
            kind, _, content = rest.partition(":")
            values.append({"key": name, "t": TYPES[kind], "value": data(kind, content)})
            continue
        finish()
        key, values = hive.root(), []
        for name in line.split("\\"):
            child = hive.node_get_child(key, name)
            key = child or hive.node_add_child(key, name)
    finish()
    hive.commit(None)


def shapes() -> bytes:
    """What hivex does not write: an index root with leaves of each kind, names in UTF-16, big data; it reads them."""
    cells = bytearray()

    def add(content: bytes) -> int:
        offset = 0x20 + len(cells)
        cells.extend(cell(content))
        return offset

    descriptor = add(security())

    def key(name, parent, subkeys=(), values=(), wide=False):
        encoded = name.encode("utf-16-le" if wide else "latin-1")
        listed = add(struct.pack(f"<{len(values)}I", *values)) if values else 0xFFFFFFFF
        below = subkeys if isinstance(subkeys, int) else 0xFFFFFFFF
        return add(key_node(0 if wide else 0x20, parent, 0, below, len(values), listed, descriptor, encoded))

    def value(name, kind, content: bytes, wide=False):
        encoded = name.encode("utf-16-le" if wide else "latin-1")
        if len(content) <= 4:
            size, place = len(content) | 0x80000000, struct.unpack("<I", content.ljust(4, b"\0"))[0]
        elif len(content) <= 16344:
            size, place = len(content), add(content)
        else:
            pieces = [content[i : i + 16344] for i in range(0, len(content), 16344)]
            segments = [add(piece.ljust(16348, b"\0")) for piece in pieces]
            listed = add(struct.pack(f"<{len(segments)}I", *segments))
            size, place = len(content), add(struct.pack("<2sHI", b"db", len(segments), listed))
        return add(struct.pack("<2sHIIIHH", b"vk", len(encoded), size, place, kind, 0 if wide else 1, 0) + encoded)

    def fill(offset, parent, count, listed):
        """A key's parent and list of subkeys, once they exist."""
        start = offset - 0x20 + 4
        struct.pack_into("<I", cells, start + 16, parent)
        struct.pack_into("<I", cells, start + 20, count)
        struct.pack_into("<I", cells, start + 28, listed)

    def leaf(kind, keys):
        width = "I" if kind == b"li" else "II"
        elements = b"".join(struct.pack("<" + width, k, *([0] if width == "II" else [])) for k in keys)
        return add(struct.pack("<2sH", kind, len(keys)) + elements)

    long = "C:\\Program Files\\Kaspersky Lab\\" + "x" * 20000
    values = [
        value("ProductName", SZ, data("sz", "Kaspersky Endpoint Security für Windows")),
        value("ProductVersion", SZ, data("sz", "12.4.0.467"), wide=True),
        value("ProductRoot", SZ, data("sz", long)),
    ]
    environment = key("environment", 0, values=values)
    line = key("KES12", 0)
    company = key("KasperskyLab", 0, wide=True)
    others = [key(f"Northwind{number:03}", 0) for number in range(300)] + [key("Наименование", 0, wide=True)]
    root = key("ROOT", 0)
    fill(environment, line, 0, 0xFFFFFFFF)
    fill(line, company, 1, leaf(b"li", [environment]))
    fill(company, root, 1, leaf(b"lh", [line]))
    for other in others:
        fill(other, root, 0, 0xFFFFFFFF)
    leaves = [leaf(b"lh", others[:100]), leaf(b"lf", others[100:200] + [company]), leaf(b"li", others[200:])]
    fill(root, root, len(others) + 1, add(struct.pack("<2sH3I", b"ri", 3, *leaves)))
    struct.pack_into("<H", cells, root - 0x20 + 4 + 2, 0x2C)
    return file(bytes(cells), root, 5)


WINDOWS = r"Microsoft\Windows\CurrentVersion"

SOFTWARE = rf"""
Microsoft\Windows NT\CurrentVersion
 ProductName=sz:Windows 10 Pro
KasperskyLab\LicStorage
WOW6432Node\KasperskyLab\AVP21.15\environment
 ProductName=sz:Kaspersky
 ProductVersion=sz:21.15.8.493
 ProductRoot=sz:C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15\
 DataFolder=expand:%ProgramData%\Kaspersky Lab\AVP21.15
WOW6432Node\KasperskyLab\AVP21.15\settings
WOW6432Node\KasperskyLab\protected\KES12\environment
 ProductName=sz:Kaspersky Endpoint Security for Windows
 ProductVersion=sz:12.4.0.467
WOW6432Node\KasperskyLab\Components\27\1103\1.0.0.0\Installer
 KLMOVE_EXE=sz:C:\Program Files (x86)\Kaspersky Lab\NetworkAgent\klmover.exe
WOW6432Node\KasperskyLab\InstalledProducts\Kaspersky Anti-Virus for Windows Workstations
WOW6432Node\{WINDOWS}\Uninstall\InstallWIX_{{A1}}
 Publisher=sz:AO Kaspersky Lab
 DisplayName=sz:Kaspersky
 DisplayVersion=sz:21.15.8.493
 InstallLocation=sz:C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15\
{WINDOWS}\Uninstall\{{BCF4CF24-88AB-45E1-A6E6-40C8278A70C5}}
 DisplayVersion=sz:14.2.0.26967
{WINDOWS}\Uninstall\Northwind
 Publisher=sz:Northwind Traders
 DisplayName=sz:Northwind Desk
{WINDOWS}\Installer\UserData\S-1-5-18\Products\5E4E50F098A5C284A92674CC85467388\InstallProperties
 DisplayName=sz:Kaspersky Security Center Network Agent
{WINDOWS}\Run
 AVPUI=sz:"C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15\avpui.exe" -minimized
 Desk=sz:C:\Northwind\desk.exe
"""

SYSTEM = r"""
Select
 Current=dword:1
ControlSet001\Services\klif
 ImagePath=expand:system32\DRIVERS\klif.sys
 Start=dword:1
 Type=dword:2
ControlSet001\Services\klif\Instances\klif
 Altitude=sz:320400
ControlSet001\Services\kl1
 ImagePath=expand:system32\DRIVERS\kl1.sys
 Start=dword:0
 Type=dword:1
ControlSet001\Services\klhk
 Start=dword:3
 Type=dword:1
ControlSet001\Services\AVP21.15
 ImagePath=expand:"C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15\avp.exe" -r
 Start=dword:2
 Type=dword:16
ControlSet001\Services\klnagent
 ImagePath=expand:D:\Agents\NetworkAgent\klnagent.exe
 Start=dword:2
 Type=dword:16
ControlSet001\Services\Tcpip
 ImagePath=expand:System32\drivers\tcpip.sys
 Start=dword:0
 Type=dword:1
ControlSet001\Control\Class\{4D36E96F-E325-11CE-BFC1-08002BE10318}
 UpperFilters=multi:mouclass|klmouflt
ControlSet002\Services\klif
 ImagePath=expand:system32\DRIVERS\klif.sys
 Start=dword:1
 Type=dword:2
"""

USER = rf"""
Software\KasperskyLab\AVP21.15\environment
 ProductName=sz:Kaspersky
 ProductVersion=sz:21.15.8.493
 ProductRoot=sz:C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15\
Software\{WINDOWS}\Run
 KSDE=sz:C:\Program Files (x86)\Kaspersky Lab\KSDE5.2\ksdeui.exe
"""

LEFT_OVER = rf"""
KasperskyLab\AVP21.3\settings
KasperskyLab\AVP21.3\environment
 UpdateRoot=sz:ss
WOW6432Node\KasperskyLab\protected\LicStorage
{WINDOWS}\Uninstall\Northwind
 Publisher=sz:Northwind Traders
"""

# A long value whose data begins with the letters of the header of big data, "db": one letter of UTF-16. hivex writes hives
# of version 1.3, which have no big data.
OLD = rf"""
KasperskyLab\protected\AVP7\environment
 ProductName=sz:Kaspersky Internet Security 7.0
 ProductVersion=sz:7.0.1.325
 ProductRoot=sz:\u6264\Kaspersky Lab\{"x" * 20000}
""".replace("\\u6264", "\u6264")

NEAR_MISS_SOFTWARE = rf"""
KasperskyLaboratory\AVP21.15\environment
 ProductName=sz:Kaspersky
 ProductVersion=sz:21.15.8.493
Northwind\KasperskyLab\AVP21.15\environment
 ProductName=sz:Kaspersky
 ProductVersion=sz:21.15.8.493
{WINDOWS}\Uninstall\Tool
 Publisher=sz:Northwind Traders
 DisplayName=sz:Tool for Kaspersky Lab
 InstallLocation=sz:C:\Program Files\Kaspersky Lab Tools\
{WINDOWS}\Uninstall\Kaspersky
 Publisher=sz:Tools for Kaspersky Lab
{WINDOWS}\Uninstall\KasperskyLab
 Publisher=sz:Kaspersky Laboratory of Northwind
{WINDOWS}\Installer\UserData\S-1-5-18\Products\00000000000000000000000000000000\InstallProperties
 Publisher=sz:Northwind Traders
 DisplayName=sz:Kaspersky Lab remover
{WINDOWS}\Run
 Backup=sz:C:\Northwind\backup.exe --exclude "C:\Program Files\Kaspersky Lab\x.exe"
 Tool=sz:"C:\Program Files\Kaspersky Lab Tools\tool.exe"
 File=sz:"C:\Northwind\Kaspersky Lab"
"""

NEAR_MISS_SYSTEM = r"""
Select
 Current=dword:1
ControlSet001\Services\klif
 ImagePath=expand:System32\drivers\northwind.sys
 Start=dword:1
 Type=dword:2
ControlSet001\Services\klflt
 ImagePath=expand:C:\Northwind\klflt.sys
 Start=dword:1
 Type=dword:2
ControlSet001\Services\kl1
 ImagePath=expand:System32\drivers\kl1.sys
 Start=dword:0
 Type=dword:1
ControlSet001\Services\klam
 ImagePath=expand:System32\drivers\klam.sys
 Start=dword:0
 Type=dword:2
ControlSet001\Services\klam\Instances\one
 Altitude=sz:320650
ControlSet001\Services\AVP
 ImagePath=expand:C:\Northwind\avp.exe
 Start=dword:2
 Type=dword:16
ControlSet001\Services\klnagent
 ImagePath=expand:C:\Northwind\agent.exe "C:\Kaspersky Lab\klnagent.exe"
 Start=dword:2
 Type=dword:16
ControlSet001\Services\klhk
 Start=dword:2
 Type=dword:16
ControlSet001\Services\kavbootc
 ImagePath=expand:System32\drivers\kavbootc.sys
 Start=dword:0
 Type=dword:1
ControlSet001\Control\Class\{4D36E97D-E325-11CE-BFC1-08002BE10318}
 UpperFilters=multi:klmouflt|northwind
"""

HIVES = {
    "installed/Windows/System32/config/SOFTWARE": SOFTWARE,
    "installed/Windows/System32/config/SYSTEM": SYSTEM,
    "installed/Users/anna/NTUSER.DAT": USER,
    "left-over/Windows/System32/config/SOFTWARE": LEFT_OVER,
    "old/SOFTWARE": OLD,
    "near-miss/Windows/System32/config/SOFTWARE": NEAR_MISS_SOFTWARE,
    "near-miss/Windows/System32/config/SYSTEM": NEAR_MISS_SYSTEM,
    "near-miss/Users/anna/NTUSER.DAT": NEAR_MISS_SOFTWARE.replace("KasperskyLaboratory", r"Software\KasperskyLaboratory"),
}


def main() -> None:
    if len(sys.argv) == 3:
        return make(Path(sys.argv[2]), Path(sys.argv[1]).read_text())
    out = Path(sys.argv[1])
    for name, text in HIVES.items():
        make(out / name, text)
    (out / "shapes").mkdir(exist_ok=True)
    (out / "shapes/SOFTWARE").write_bytes(shapes())


if __name__ == "__main__":
    main()
