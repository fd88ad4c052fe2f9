// RPM packages, by the name in the lead (rpm.org, "Package format"): 66 bytes from the 10th on. Packages for Debian
// keep their name in a compressed member, which nothing here opens.

rule kaspersky_linux_package_rpm_file
{
  meta:
    vendor = "Kaspersky"
    component = "installer"
    platform = "linux"
    confidence = "claimed"
    basis = "paper"
    reason = "is an RPM package with the name of a product of Kaspersky, which also names the company"
    source = "docs/facts.md#linux"

  strings:
    $name = /(kesl|kesl-gui|kics|kess|klnagent|klnagent64)-[0-9]/
    $vendor = /(AO )?Kaspersky Lab/

  condition:
    uint32be(0) == 0xEDABEEDB and $name at 10 and $vendor in (96..65536)
}
