// Libraries of Kaspersky's products. prremote and scrchpg belong to the component architecture that nearly all of them
// are built on ("Prague", A4): in a folder of another vendor they are that vendor's use of the engine.

import "pe"

rule kaspersky_windows_library_security_center
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Security Center"
    component = "library"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a library whose version resource names Kaspersky as its company and Kaspersky Security Center as its product"
    source = "docs/facts.md#version-resources"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) != 0 and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    pe.version_info["ProductName"] startswith "Kaspersky Security Center"
}

rule kaspersky_windows_library_antimalware_provider
{
  meta:
    vendor = "Kaspersky"
    component = "library"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a library whose version resource names Kaspersky as its company and describes its antimalware provider"
    source = "docs/facts.md#version-resources"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) != 0 and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    pe.version_info["FileDescription"] startswith "Kaspersky AntiMalwareProvider Component"
}

rule kaspersky_windows_library_prague
{
  meta:
    vendor = "Kaspersky"
    component = "library"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a library whose version resource names Kaspersky as its company and a part of its component architecture as its name"
    source = "docs/facts.md#embedded-engines"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) != 0 and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    (
      pe.version_info["InternalName"] matches /^(prremote|scrchpg)(\.(sys|exe|dll))?$/i or
      pe.version_info["OriginalFilename"] matches /^(prremote|scrchpg)(\.(sys|exe|dll))?$/i
    )
}
