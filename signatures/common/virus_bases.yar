// Virus bases, *.avc: a line of text names them, then the records follow.
// Lists of packers and detection rules quote that line, but not as their first bytes.

rule kaspersky_any_database_avc
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky virus databases"
    component = "database"
    platform = "any"
    confidence = "claimed"
    basis = "paper"
    reason = "begins with the title line of Kaspersky's AVP databases"
    source = "docs/facts.md#virus-databases"
    shared = true

  strings:
    $title = "AVP Antiviral Database. (c)Kaspersky Lab 1997-20"

  condition:
    uint32be(0) == 0x41565020 and $title at 0
}
