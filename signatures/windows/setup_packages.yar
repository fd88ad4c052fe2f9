// Setup packages for Windows Installer, by the product and upgrade codes that administrators' scripts name.
// The string pool of a package holds them in plain text, and the manufacturer beside them. Documents of old Office
// programs have the same form, so the class of the root storage counts as well: {000C1084-0000-0000-C000-000000000046}.

rule kaspersky_windows_installer_network_agent
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Network Agent"
    component = "installer"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a setup package that names Kaspersky Lab and has a product or upgrade code of the Network Agent"
    source = "docs/facts.md#setup-packages"

  strings:
    $class = { 84 10 0C 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
    $manufacturer = "Kaspersky Lab"
    $product_1 = "{0F05E4E5-5A89-482C-9A62-47CC58643788}" nocase
    $product_2 = "{BCF4CF24-88AB-45E1-A6E6-40C8278A70C5}" nocase
    $upgrade = "{B9518725-0B76-4793-A409-C6794442FB50}" nocase

  condition:
    uint32be(0) == 0xD0CF11E0 and $class and $manufacturer and any of ($product_*, $upgrade)
}

rule kaspersky_windows_installer_endpoint_security
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Endpoint Security"
    component = "installer"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a setup package that names Kaspersky Lab and has a product code of Endpoint Security 12"
    source = "docs/facts.md#setup-packages"

  strings:
    $class = { 84 10 0C 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
    $manufacturer = "Kaspersky Lab"
    $product_1 = "{27534751-4A40-48BD-B393-BC3BF28C876E}" nocase
    $product_2 = "{C9EF800D-54AA-4F60-AB96-5A3966550F53}" nocase

  condition:
    uint32be(0) == 0xD0CF11E0 and $class and $manufacturer and any of ($product_*)
}

rule kaspersky_windows_installer_file_servers
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky Anti-Virus for Windows File Servers"
    component = "installer"
    platform = "windows"
    confidence = "claimed"
    basis = "paper"
    reason = "is a setup package that names Kaspersky Lab and has the product code of Anti-Virus for Windows File Servers"
    source = "docs/facts.md#setup-packages"

  strings:
    $class = { 84 10 0C 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
    $manufacturer = "Kaspersky Lab"
    $product = "{1A694303-9A42-43A8-A831-50F86C64EDF0}" nocase

  condition:
    uint32be(0) == 0xD0CF11E0 and $class and $manufacturer and $product
}

rule kaspersky_windows_installer_suspended_bypass
{
  meta:
    vendor = "Kaspersky"
    component = "installer"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a setup package that names Kaspersky Lab, maybe misspelt, and has the product or upgrade code of SuspendedBypass.msi, which its setup programs bring"
    source = "docs/facts.md#setup-packages"

  strings:
    $class = { 84 10 0C 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
    // The misspelling is the file's.
    $manufacturer_1 = "Kaspersky Lab"
    $manufacturer_2 = "Kasperksy Lab"
    $product = "{BF138A9D-0831-474C-8EB3-4217A0C78E17}" nocase
    $upgrade = "{3E1B6DD5-54B6-496A-B278-0173A6B5BF42}" nocase

  condition:
    uint32be(0) == 0xD0CF11E0 and $class and any of ($manufacturer_*) and any of ($product, $upgrade)
}
