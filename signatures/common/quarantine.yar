// Quarantine containers, QB\*: a header of 64 bytes, then the obfuscated file and its metadata.
// A container proves that a product was at work here. Its payload is malware, never a Kaspersky binary.

rule kaspersky_any_quarantine_klqb
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Anti-Virus"
    component = "quarantine"
    platform = "any"
    confidence = "weak"
    basis = "paper"
    reason = "begins with the header KLQB of Kaspersky's quarantine containers"
    source = "docs/facts.md#quarantine"

  condition:
    // The page that docs/facts.md#quarantine cites has a small number (1 when it was written) after the signature: not text.
    uint32be(0) == 0x4B4C5142 and uint32(4) < 0x100 and filesize > 64
}

rule kaspersky_any_quarantine_index
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Security for Windows Server"
    component = "quarantine"
    platform = "any"
    confidence = "weak"
    basis = "paper"
    reason = "is a database with the two tables of the quarantine of Kaspersky Security for Windows Server"
    source = "docs/facts.md#quarantine"

  strings:
    $objects = /CREATE TABLE "?objects"?\s{0,4}\(\s{0,8}"?uuid/ nocase
    $attributes = /CREATE TABLE "?objattrs"?\s{0,4}\(\s{0,8}"?uuid/ nocase
    $threat = "virname"

  condition:
    uint32be(0) == 0x53514C69 and uint32be(4) == 0x74652066 and all of them
}

rule kaspersky_any_quarantine_object
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Security for Windows Server"
    component = "quarantine"
    platform = "any"
    confidence = "weak"
    basis = "paper"
    reason = "is a program under the key of Kaspersky's quarantine: the program is the quarantined file, not Kaspersky's"
    source = "docs/facts.md#quarantine"

  strings:
    // "This program cannot be run in DOS mode" under the key, which runs from the start of the file, or of the program:
    // 68 bytes are before it.
    $from_file = { 1C 84 00 7D 7C DC 90 2A 2F 9E 08 63 7C CF 83 2B 26 83 1D 2E 3E C9 C2 37 3D 82 49 67 32 8C A6 0A 1B CC 04 61 38 C9 }
    $from_program = { 08 C4 8B 36 68 9C 1B 61 3B DE 83 28 68 8F 08 60 32 C3 96 65 2A 89 49 7C 29 C2 C2 2C 26 CC 2D 41 0F 8C 8F 2A 2C 89 }

  condition:
    (uint16(68) == 0x5424 and $from_file at 146) or (uint16(68) == 0x1FAF and $from_program at 146)
}
