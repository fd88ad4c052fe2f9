// Programs of Kaspersky's products, by the names that lists of processes give and the descriptions that a paper
// read from their version resources (docs/facts.md).

import "pe"

rule kaspersky_windows_application_name
{
  meta:
    vendor = "Kaspersky"
    component = "application"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a program whose version resource names Kaspersky as its company and a program of Kaspersky as its name"
    source = "docs/facts.md#windows-programs-and-services"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) == 0 and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    (
      pe.version_info["InternalName"] matches /^(avp|avpsus|avpui|avpcc|avpm|kavpf|kavtray|kavfs|kavfsscs|kavfswh|kavfswp|kavfsmui|kavfsrcn|kavfsgt|kavfsslp|kavshell|kescli|ksnproxy|klactprx|klcsldcl|klcsweb|klcsrv|klscctl|klserver|klswd|klwtblfs|vapm|vssbridge64)(\.(sys|exe|dll))?$/i or
      pe.version_info["OriginalFilename"] matches /^(avp|avpsus|avpui|avpcc|avpm|kavpf|kavtray|kavfs|kavfsscs|kavfswh|kavfswp|kavfsmui|kavfsrcn|kavfsgt|kavfsslp|kavshell|kescli|ksnproxy|klactprx|klcsldcl|klcsweb|klcsrv|klscctl|klserver|klswd|klwtblfs|vapm|vssbridge64)(\.(sys|exe|dll))?$/i
    )
}

rule kaspersky_windows_application_network_agent
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Network Agent"
    component = "application"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a program whose version resource names Kaspersky as its company and a program of the Network Agent as its name"
    source = "docs/facts.md#windows-programs-and-services"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) == 0 and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    (
      pe.version_info["InternalName"] matches /^(klnagent|klnagchk|klmover)(\.(sys|exe|dll))?$/i or
      pe.version_info["OriginalFilename"] matches /^(klnagent|klnagchk|klmover)(\.(sys|exe|dll))?$/i
    )
}

rule kaspersky_windows_application_password_manager
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Password Manager"
    component = "application"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a program whose version resource names Kaspersky as its company and Kaspersky Password Manager as its description"
    source = "docs/facts.md#version-resources"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) == 0 and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    pe.version_info["FileDescription"] startswith "Kaspersky Password Manager"
}

rule kaspersky_windows_application_secure_connection
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Secure Connection"
    component = "application"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a program whose version resource names Kaspersky as its company and Kaspersky Secure Connection as its description"
    source = "docs/facts.md#version-resources"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) == 0 and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    pe.version_info["FileDescription"] startswith "Kaspersky Secure Connection"
}
