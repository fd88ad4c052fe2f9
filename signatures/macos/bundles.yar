// Info.plist of the macOS products' bundles, as XML or binary: only the bundle's own identifier counts.
// com.kaspersky.android-components and the like are not products. No genuine file was read.

rule kaspersky_macos_application_bundle
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky software for macOS"
    component = "application"
    platform = "macos"
    confidence = "claimed"
    basis = "paper"
    reason = "is the Info.plist of a bundle whose identifier is one of Kaspersky's Mac products"
    source = "docs/facts.md#macos"
    shared = true

  strings:
    $identifier = /<key>CFBundleIdentifier<\/key>\s{0,64}<string>com\.kaspersky\.(kav|kav_agent|klif_loader|klnagent)(\.[A-Za-z0-9._-]{1,64})?<\/string>/

  condition:
    uint32be(0) == 0x3C3F786D and filesize < 64KB and $identifier
}

rule kaspersky_macos_application_bundle_binary
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky software for macOS"
    component = "application"
    platform = "macos"
    confidence = "weak"
    basis = "paper"
    reason = "is a binary Info.plist that holds the identifier of one of Kaspersky's Mac products"
    source = "docs/facts.md#macos"
    shared = true

  strings:
    // 5F 10 and the length begin a string of 15 characters or more.
    $key = "\x5F\x10\x12CFBundleIdentifier"
    $executable = "\x5F\x10\x12CFBundleExecutable"
    $kav = "\x5F\x10\x11com.kaspersky.kav"
    $kav_part = /\x5F\x10[\x13-\x40]com\.kaspersky\.kav\.(core|oas|webav|parctl|wksconnector|webtoolbar|vkbd|gui|sysext|downloader|autoupdater)/
    $kav_agent = "\x5F\x10\x17com.kaspersky.kav_agent"
    $klif_loader = "\x5F\x10\x19com.kaspersky.klif_loader"
    $klnagent = "\x5F\x10\x16com.kaspersky.klnagent"
    $klnagent_core = "\x5F\x10\x1Bcom.kaspersky.klnagent.core"

  condition:
    uint32be(0) == 0x62706C69 and filesize < 64KB and
    $key and $executable and any of ($kav*, $klif_loader, $klnagent*)
}

rule kaspersky_macos_kernel_module_bundle
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky software for macOS"
    component = "kernel_module"
    platform = "macos"
    confidence = "claimed"
    basis = "paper"
    reason = "is the Info.plist of a kernel extension whose identifier is Kaspersky's"
    source = "docs/facts.md#macos"
    shared = true

  strings:
    $identifier = /<key>CFBundleIdentifier<\/key>\s{0,64}<string>com\.kaspersky\.(kext\.[A-Za-z0-9._-]{1,64}|nke|nke\.interceptors)<\/string>/

  condition:
    uint32be(0) == 0x3C3F786D and filesize < 64KB and $identifier
}
