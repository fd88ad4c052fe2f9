// avpui.exe, the window of Kaspersky's consumer and endpoint products.
// Export and section may come from a tool that others use too, so a string of the product is asked for as well.

import "pe"

rule kaspersky_windows_application_avpui
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky"
    component = "application"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "has the export mainEECStartup, the section .eecseg and a name that Kaspersky's user interface uses"
    source = "docs/facts.md#strings-in-windows-binaries"

  strings:
    $module = "avpuimain.dll" wide
    $toasts = "KasperskyLab.Kis.UI.Toasts" wide

  condition:
    uint16(0) == 0x5A4D and
    any of them and
    pe.exports("mainEECStartup") and
    for any section in pe.sections : (section.name == ".eecseg")
}
