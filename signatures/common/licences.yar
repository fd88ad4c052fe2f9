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
    source = "docs/facts.md#licence-files"

  strings:
    $header = { 4B 4C 73 77 00 00 4B 4C 73 77 04 }

  condition:
    uint32be(0) == 0x4B4C7377 and $header at 0 and filesize < 16MB
}

rule kaspersky_any_licence_key_file
{
  meta:
    vendor = "Kaspersky"
    component = "licence"
    platform = "any"
    confidence = "weak"
    basis = "paper"
    reason = "is a licence file of Kaspersky: the header KLsw and a serial number"
    source = "docs/facts.md#licence-files"

  strings:
    $serial = /KLsw.\x00\r\nSerial Number: [0-9A-Z]{4}-[0-9A-Z]{6}-[0-9A-Z]{8}\r\nKLsw\x00\x00/

  condition:
    uint32be(0) == 0x4B4C7377 and $serial at 0 and filesize < 1MB
}
