// What further drivers of Kaspersky print, and the devices by which programs reach them, each read from genuine
// files of 2021 and 2022. klif, klflt and klhk have rules of their own.

import "pe"

rule kaspersky_windows_driver_banner
{
  meta:
    vendor = "Kaspersky"
    component = "driver"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "carries the banner of a driver of Kaspersky, of the kind [[[ KLBACKUPDISK.SYS;"
    source = "docs/facts.md#strings-in-windows-binaries"

  strings:
    $backupdisk = "[[[ KLBACKUPDISK.SYS;" wide
    $backupflt = "[[[ KLBACKUPFLT.SYS;" wide
    $disk = "[[[ KLDISK.SYS;" wide
    $gse = "[[[ KLGSE.SYS;" wide
    $pd = "[[[ KLPD.SYS;" wide
    $pnpflt = "[[[ KLPNPFLT.SYS;" wide
    $wfp = "[[[ KLWFP.SYS;" wide
    $wtp = "[[[ KLWTP.SYS;" wide
    $neps = "[[[ KNEPS.SYS;" wide

  condition:
    uint16(0) == 0x5A4D and pe.subsystem == pe.SUBSYSTEM_NATIVE and any of them
}

rule kaspersky_windows_driver_device
{
  meta:
    vendor = "Kaspersky"
    component = "driver"
    platform = "windows"
    confidence = "strong"
    basis = "genuine"
    reason = "is a driver that holds a name that Kaspersky's drivers give a device, a network filter or a registry key"
    source = "docs/facts.md#strings-in-windows-binaries"

  strings:
    $disk = "\\DosDevices\\KlDiskCtl" wide
    $wtp = "\\Device\\KLWTP" wide
    $crypto = "\\Device\\kl_cm.{EE198DD8-F4ED-4799-A748-5A130DE3050E}" wide
    // The digits are the version, in fields of two.
    $klark = /\\Device\\klark_[0-9]{6}/ wide
    $klbg = /\\Device\\klbg_[0-9]{6}/ wide
    $mark = /\\Device\\klnkd_[0-9]{6}/ wide
    $ndis = "Kaspersky Lab NDIS 6 Filter" wide
    $sublayer = "Kaspersky IP packet sublayer" wide
    $early_launch = "\\REGISTRY\\MACHINE\\ELAM\\Kaspersky Lab" wide nocase

  condition:
    uint16(0) == 0x5A4D and pe.subsystem == pe.SUBSYSTEM_NATIVE and any of them
}
