// Names by which Kaspersky's programs reach KLIF: filter ports, an object folder, the full-disk encryption.

import "pe"

rule kaspersky_windows_driver_klif_ports
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Core System Interceptors (KLIF)"
    component = "driver"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "is a driver that holds two of the names by which Kaspersky's programs reach KLIF"
    source = "docs/facts.md#strings-in-windows-binaries"
    shared = true

  strings:
    $folder = "\\Kaspersky\\klif\\KlifComm" wide
    $public = "\\KlifPublic" wide
    $filter = "\\FileSystem\\Filters\\KLIF" wide
    $encryption = "KLFDE.{EB2A5993-DFC8-41a1-B050-F0824113A33A}" wide
    $counters = "Klif - Undoc Counters" wide ascii

  condition:
    uint16(0) == 0x5A4D and pe.subsystem == pe.SUBSYSTEM_NATIVE and 2 of them
}
