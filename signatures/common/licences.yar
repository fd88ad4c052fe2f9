// Licence storage: the binary value LicStorage of the registry, met here as a file of its own.

rule kaspersky_any_licence_klsw
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky licence storage"
    component = "licence"
    platform = "any"
    confidence = "weak"
    basis = "paper"
    reason = "begins with the header KLsw of Kaspersky's licence storage"
    source = "kaspersky.md A1.7"

  strings:
    $header = { 4B 4C 73 77 00 00 4B 4C 73 77 04 }

  condition:
    uint32be(0) == 0x4B4C7377 and $header at 0 and filesize < 16MB
}
