// Version resources whose CompanyName is Kaspersky Lab, one rule for each kind of PE.
// A resource only claims: malware forges it. The name may follow a legal form but nothing else, and it
// must end there, so that "Tools for Kaspersky Lab" and "Kaspersky Laboratory" are not accused.

import "pe"

rule kaspersky_windows_driver_version_resource
{
  meta:
    vendor = "Kaspersky"
    component = "driver"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a driver whose version resource names Kaspersky as its company"
    source = "docs/facts.md#version-resources"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem == pe.SUBSYSTEM_NATIVE and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/
}

rule kaspersky_windows_application_version_resource
{
  meta:
    vendor = "Kaspersky"
    component = "application"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a program whose version resource names Kaspersky as its company"
    source = "docs/facts.md#version-resources"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) == 0 and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/
}

rule kaspersky_windows_library_version_resource
{
  meta:
    vendor = "Kaspersky"
    component = "library"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a library whose version resource names Kaspersky as its company"
    source = "docs/facts.md#version-resources"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) != 0 and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/
}
