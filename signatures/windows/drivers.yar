// Kaspersky's other drivers, by the names that lists of removers and of scanners give, and by the descriptions
// that a paper read from their version resources (docs/facts.md). kavbootc and kavbase are another vendor's.

import "pe"

rule kaspersky_windows_driver_name
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky drivers"
    component = "driver"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a driver whose version resource names Kaspersky as its company and a driver of Kaspersky as its name"
    source = "docs/facts.md#windows-drivers"
    shared = true

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem == pe.SUBSYSTEM_NATIVE and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    (
      pe.version_info["InternalName"] matches /^(kldlhidp|kldlimpc|kldlksec|kldlksl|kldlndis|kldlnio|kldl|kldlfmgr|kldlfwpk|cm_km|kl1|kl2|kneps|klbackupdisk|klmouflt|klpd|kldisk|klelam|klim5|klim6|klpnpflt|klwtp|klwfp|klkbdflt|klkbdflt2|klfltdev|kltdi|klgse|klids|kltap|klbg|klupd_klif_klbg)(\.(sys|exe|dll))?$/i or
      pe.version_info["OriginalFilename"] matches /^(kldlhidp|kldlimpc|kldlksec|kldlksl|kldlndis|kldlnio|kldl|kldlfmgr|kldlfwpk|cm_km|kl1|kl2|kneps|klbackupdisk|klmouflt|klpd|kldisk|klelam|klim5|klim6|klpnpflt|klwtp|klwfp|klkbdflt|klkbdflt2|klfltdev|kltdi|klgse|klids|kltap|klbg|klupd_klif_klbg)(\.(sys|exe|dll))?$/i
    )
}

rule kaspersky_windows_driver_description
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky drivers"
    component = "driver"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a driver whose version resource names Kaspersky as its company and describes a driver of Kaspersky"
    source = "docs/facts.md#version-resources"
    shared = true

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem == pe.SUBSYSTEM_NATIVE and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    pe.version_info["FileDescription"] matches /^(Virtual Disk|Security Extender|Network Processor|Packet Network Filter|Light Keyboard Device Filter|Format Recognizer|Backup Disk Filter|Backup File Filter|Early Launch Anti-Malware Filter|Keyboard Device Filter|Mouse Device Filter|Generic PnP filter|WFP Network Filter|WFP Network Connection Filter Driver|Kaspersky Lab Boot Guard Driver|TAP-Windows Virtual Network Driver|Kaspersky Anti-Virus NDIS Filter)( \[|$)/
}

rule kaspersky_windows_driver_klmd
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky TDSSKiller"
    component = "driver"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a driver whose version resource names Kaspersky as its company and klmd, the driver of TDSSKiller, as its name"
    source = "docs/facts.md#windows-drivers"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem == pe.SUBSYSTEM_NATIVE and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    (
      pe.version_info["InternalName"] matches /^(klmd)(\.(sys|exe|dll))?$/i or
      pe.version_info["OriginalFilename"] matches /^(klmd)(\.(sys|exe|dll))?$/i
    )
}
