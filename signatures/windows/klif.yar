// KLIF, "Core System Interceptors": the driver that watches processes, files and the registry
// for Kaspersky products on Windows.

import "pe"

rule kaspersky_windows_driver_klif
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Core System Interceptors (KLIF)"
    component = "driver"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "carries the driver banner [[[ KLIF.SYS; that Kaspersky's Core System Interceptors print"
    source = "docs/facts.md#strings-in-windows-binaries"
    shared = true

  strings:
    $banner = "[[[ KLIF.SYS;%d." wide

  condition:
    uint16(0) == 0x5A4D and pe.subsystem == pe.SUBSYSTEM_NATIVE and $banner
}
