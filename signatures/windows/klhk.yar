// KLHK: the driver that places Kaspersky's hooks below the kernel, by a hypervisor if allowed.
// Its banner was "KLHK.SYS" up to 2023 and is "KLHK" since 2025.

import "pe"

rule kaspersky_windows_driver_klhk
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky KLHK driver"
    component = "driver"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "carries the driver banner [[[ KLHK that Kaspersky's KLHK driver prints"
    source = "docs/facts.md#strings-in-windows-binaries"
    shared = true

  strings:
    $banner_2020 = "[[[ KLHK.SYS;%d." wide
    $banner_2025 = "[[[ KLHK;%d." wide

  condition:
    uint16(0) == 0x5A4D and pe.subsystem == pe.SUBSYSTEM_NATIVE and any of ($banner_*)
}
