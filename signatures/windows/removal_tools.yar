// Removal tools and decryptors of 2010 to 2017: a program that brings another along, and that one.

import "pe"

rule kaspersky_windows_application_dropper
{
  meta:
    vendor = "Kaspersky"
    component = "application"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "is a program whose PDB path is that of KlDropper, the outer program of Kaspersky's removal tools"
    source = "docs/facts.md#strings-in-windows-binaries"

  condition:
    uint16(0) == 0x5A4D and pe.subsystem != pe.SUBSYSTEM_NATIVE and
    pe.pdb_path startswith "C:\\Perforce\\All\\virlab\\anti_rootkit\\research\\KlDropper\\"
}

rule kaspersky_windows_application_removal_tool
{
  meta:
    vendor = "Kaspersky"
    component = "application"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a program with the section .pklav, which Kaspersky's removal tools have, and names the company in its version resource"
    source = "docs/facts.md#strings-in-windows-binaries"

  condition:
    uint16(0) == 0x5A4D and pe.subsystem != pe.SUBSYSTEM_NATIVE and
    for any section in pe.sections : (section.name == ".pklav") and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/
}

rule kaspersky_windows_library_updater
{
  meta:
    vendor = "Kaspersky"
    component = "library"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "has the PDB path of Kaspersky's updater, or two of the names in that code"
    source = "docs/facts.md#strings-in-windows-binaries"
    shared = true
    product = "Kaspersky updater"

  strings:
    $types = "@KLUPD@@"
    $key = "Kaspersky Lab SK 000"
    $index = "primaryIndexFileName"
    $server = "update_srv_url0=$KL"

  condition:
    uint16(0) == 0x5A4D and pe.subsystem != pe.SUBSYSTEM_NATIVE and (
      ($types and any of ($key, $index, $server)) or
      (pe.pdb_path startswith "d:\\Projects\\Perforce\\UpdaterSDK" and pe.pdb_path endswith "\\IUpdater.pdb")
    )
}
