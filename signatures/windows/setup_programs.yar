// Setup programs of Kaspersky's products since 21.

import "pe"

rule kaspersky_windows_installer_starter
{
  meta:
    vendor = "Kaspersky"
    component = "installer"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "is a setup program: built as starter below a build root of Kaspersky, with packed resources"
    source = "docs/facts.md#setup-packages"

  condition:
    uint16(0) == 0x5A4D and pe.subsystem != pe.SUBSYSTEM_NATIVE and
    (
      pe.pdb_path startswith "C:\\a\\b\\d_00000000_\\" or
      pe.pdb_path startswith "C:\\a\\c\\d_00000000\\"
    ) and
    pe.pdb_path endswith "\\starter.pdb" and
    for any resource in pe.resources : (resource.type_string == "S\x00Z\x00I\x00P\x00")
}

rule kaspersky_windows_installer_setup_library
{
  meta:
    vendor = "Kaspersky"
    component = "installer"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "is the library of a setup program: it calls itself setupKAVKIS.dll and has its exports"
    source = "docs/facts.md#setup-packages"

  condition:
    uint16(0) == 0x5A4D and (pe.characteristics & pe.DLL) != 0 and
    pe.dll_name == "setupKAVKIS.dll" and
    pe.exports("InitializeHooks") and pe.exports("LogMessage") and pe.exports("RunInstance")
}

rule kaspersky_windows_library_system_information
{
  meta:
    vendor = "Kaspersky"
    component = "library"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a library that calls itself GSICOREDLL.dll, as the one that Kaspersky's setup programs bring, and names the company in its version resource"
    source = "docs/facts.md#setup-packages"

  condition:
    uint16(0) == 0x5A4D and (pe.characteristics & pe.DLL) != 0 and
    pe.dll_name == "GSICOREDLL.dll" and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/
}
