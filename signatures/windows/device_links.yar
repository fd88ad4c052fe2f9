// Device links by which Kaspersky drivers reach one another: KlfltCtrl, KlhkCtrl, KlhkKmCtrl.
// All drivers that were read carry at least one, so drivers without a rule of their own are met here.

import "pe"

rule kaspersky_windows_driver_device_link
{
  meta:
    vendor = "Kaspersky"
    component = "driver"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "is a driver that names a control device of Kaspersky drivers, \\DosDevices\\Global\\Kl...Ctrl"
    source = "docs/facts.md#strings-in-windows-binaries"

  strings:
    // The literal adds nothing to the answer: it lets a scanner exclude files cheaply.
    $prefix = "\\DosDevices\\Global\\Kl" wide
    $link = /\\DosDevices\\Global\\Kl[a-z]{2,12}(Km)?Ctrl/ wide

  condition:
    uint16(0) == 0x5A4D and pe.subsystem == pe.SUBSYSTEM_NATIVE and $prefix and $link
}
