// Kernel extensions of the macOS products (klif, kimul, klnke, klnkeinterceptors), by the name in their
// kmod_info: version 1, no number yet, then the name. No genuine file was read.

rule kaspersky_macos_kernel_module_kext
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky software for macOS"
    component = "kernel_module"
    platform = "macos"
    confidence = "claimed"
    basis = "paper"
    reason = "is a Mac kernel extension that calls itself com.kaspersky.kext or com.kaspersky.nke"
    source = "docs/facts.md#macos"
    shared = true

  strings:
    $kext = "\x01\x00\x00\x00\xFF\xFF\xFF\xFFcom.kaspersky.kext."
    $nke = "\x01\x00\x00\x00\xFF\xFF\xFF\xFFcom.kaspersky.nke\x00"
    $nke_interceptors = "\x01\x00\x00\x00\xFF\xFF\xFF\xFFcom.kaspersky.nke.interceptors\x00"

  condition:
    // Java classes begin like universal binaries, but with a version of 45 or more where these count their architectures.
    (
      uint32(0) == 0xFEEDFACE or uint32(0) == 0xFEEDFACF or
      ((uint32be(0) == 0xCAFEBABE or uint32be(0) == 0xCAFEBABF) and uint32be(4) < 45)
    ) and any of them
}
