// Anti-rootkit drivers that arrive with the updates: klupd_klif_klark, _mark, _arkmon, _kimul.
// The descriptions come from a paper, and a version resource only claims.

import "pe"

rule kaspersky_windows_driver_anti_rootkit
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Lab Anti-Rootkit"
    component = "driver"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a driver whose description in the version resource begins with Kaspersky Lab Anti-Rootkit"
    source = "docs/facts.md#version-resources"
    shared = true

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem == pe.SUBSYSTEM_NATIVE and
    pe.version_info["FileDescription"] startswith "Kaspersky Lab Anti-Rootkit"
}
