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
    source = "kaspersky.md A1.7"

  condition:
    // The page that A1.7 cites has a small number (1 when it was written) after the signature: not text.
    uint32be(0) == 0x4B4C5142 and uint32(4) < 0x100 and filesize > 64
}
