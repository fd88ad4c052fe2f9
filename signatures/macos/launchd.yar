// What launchd starts, and what the installer wrote down. No genuine file was read.

rule kaspersky_macos_service_launchd
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky software for macOS"
    component = "service"
    platform = "macos"
    confidence = "claimed"
    basis = "paper"
    reason = "is a launchd job with a label of Kaspersky that starts a program in a folder of Kaspersky Lab"
    source = "docs/facts.md#macos"
    shared = true

  strings:
    $label = /<key>Label<\/key>\s{0,64}<string>com\.kaspersky\.(kav|kav_agent|klif_loader|klnagent)(\.[A-Za-z0-9._-]{1,64})?<\/string>/
    $program = /<string>\/Library\/Application Support\/Kaspersky Lab\//

  condition:
    uint32be(0) == 0x3C3F786D and filesize < 64KB and $label and $program
}

rule kaspersky_macos_package_receipt
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky software for macOS"
    component = "package"
    platform = "macos"
    confidence = "claimed"
    basis = "paper"
    reason = "is the receipt of an installed package with an identifier of Kaspersky's Mac products"
    source = "docs/facts.md#macos"
    shared = true

  strings:
    $identifier = /<key>PackageIdentifier<\/key>\s{0,64}<string>com\.kaspersky\.(kav|klnagent)(\.[A-Za-z0-9._-]{1,64})?<\/string>/

  condition:
    uint32be(0) == 0x3C3F786D and filesize < 64KB and $identifier
}
