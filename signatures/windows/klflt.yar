// KLFLT, "Filter Core": the driver that the other Kaspersky file-system filters attach to.

import "pe"

rule kaspersky_windows_driver_klflt
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Filter Core (KLFLT)"
    component = "driver"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "carries the driver banner [[[ KLFLT.SYS; or all five exports of Kaspersky's Filter Core"
    source = "docs/facts.md#strings-in-windows-binaries"
    shared = true

  strings:
    $banner = "[[[ KLFLT.SYS;%d." wide

  condition:
    uint16(0) == 0x5A4D and pe.subsystem == pe.SUBSYSTEM_NATIVE and (
      $banner or (
        pe.exports("ComrAttachClient") and
        pe.exports("ComrRegisterClient") and
        pe.exports("ComrRegisterProvider") and
        pe.exports("ComrUnregisterClient") and
        pe.exports("ComrUnregisterProvider")
      )
    )
}
