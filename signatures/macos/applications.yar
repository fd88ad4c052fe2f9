// Programs of the macOS products, by the identifier and the Team ID in their code signature.
// No genuine file was read.

rule kaspersky_macos_application_code_signature
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky software for macOS"
    component = "application"
    platform = "macos"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Mac program with a com.kaspersky identifier and Kaspersky's Team ID side by side, as in a code signature"
    source = "docs/facts.md#macos"
    shared = true

  strings:
    $team = "2Y8XE5CQ94"
    // A code directory holds the identifier and then the team, each ended by a zero. Programs that only
    // talk to Kaspersky's services, or look for them, name the two elsewhere.
    $signed = /com\.kaspersky\.[A-Za-z0-9._-]{1,64}\x002Y8XE5CQ94\x00/

  condition:
    // Java classes begin like universal binaries, but with a version of 45 or more where these count their architectures.
    (
      uint32(0) == 0xFEEDFACE or uint32(0) == 0xFEEDFACF or
      ((uint32be(0) == 0xCAFEBABE or uint32be(0) == 0xCAFEBABF) and uint32be(4) < 45)
    ) and $team and $signed
}

rule kaspersky_macos_library_appkit
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky software for macOS"
    component = "library"
    platform = "macos"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Mac library whose own name is libkl_appkit.dylib"
    source = "docs/facts.md#macos"
    shared = true

  strings:
    $name = "libkl_appkit.dylib"
    // LC_ID_DYLIB (0xD) of mach-o/loader.h: its size, the name's place in it (24), three versions, the name.
    $own_name = /\x0D\x00\x00\x00[\x00-\xFF]{2}\x00\x00\x18\x00\x00\x00[\x00-\xFF]{12}[ -~]{0,128}libkl_appkit\.dylib\x00/

  condition:
    (uint32(0) == 0xFEEDFACE or uint32(0) == 0xFEEDFACF) and $name and $own_name
}
