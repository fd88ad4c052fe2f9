// Kaspersky's file-system filters, by the names under which Microsoft gave them altitudes (docs/facts.md). klif, klflt and
// klhk have rules of their own. The version resource names them, and a version resource only claims.

import "pe"

rule kaspersky_windows_driver_minifilter
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky file-system filters"
    component = "driver"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a driver whose version resource names Kaspersky as its company and a file-system filter of Kaspersky as its name"
    source = "docs/facts.md#minifilter-altitudes"
    shared = true

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem == pe.SUBSYSTEM_NATIVE and
    pe.version_info["CompanyName"] contains "Kaspersky" and
    pe.version_info["CompanyName"] matches /^((AO|ZAO|JSC) )?Kaspersky( Labs?([ ,.]|$)|$)/ and
    (
      pe.version_info["InternalName"] matches /^(klboot|klfdefsf|klrsps|klsnsr|klifks|klifaa|klifsm|klam|kldback|kldlinf|kldtool|klcdp|klshadow|klsysrec|klvfs|klfle|klvirt|klbackupflt|klsec)(\.(sys|exe|dll))?$/i or
      pe.version_info["OriginalFilename"] matches /^(klboot|klfdefsf|klrsps|klsnsr|klifks|klifaa|klifsm|klam|kldback|kldlinf|kldtool|klcdp|klshadow|klsysrec|klvfs|klfle|klvirt|klbackupflt|klsec)(\.(sys|exe|dll))?$/i
    )
}
