// Android packages: their directory of members and their table of resources are not compressed.
// Kaspersky's test framework and other open source are no products (A4).
//
// Java archives are not read: their first member is META-INF/ or META-INF/MANIFEST.MF (names of 9 and 20 bytes, which
// stand from the 30th byte on). Of Android packages only those that Java's own jarsigner signed are like that.

rule kaspersky_android_application_package
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky for Android"
    component = "application"
    platform = "android"
    confidence = "claimed"
    basis = "paper"
    reason = "is an Android package whose table of resources belongs to an application of Kaspersky"
    source = "docs/facts.md#android"

  strings:
    $manifest = "AndroidManifest.xml"
    // ResTable_package of resources.arsc: the id of an application's own package (0x7F), then its name.
    $free = { 7F 00 00 00 63 00 6F 00 6D 00 2E 00 6B 00 6D 00 73 00 2E 00 66 00 72 00 65 00 65 00 00 00 }
    $other = /\x7F\x00\x00\x00c\x00o\x00m\x00\.\x00k\x00a\x00s\x00p\x00e\x00r\x00s\x00k\x00y\x00\.\x00(s\x00e\x00c\x00u\x00r\x00i\x00t\x00y\x00\.\x00c\x00l\x00o\x00u\x00d|k\x00e\x00s|s\x00a\x00f\x00e\x00k\x00i\x00d\x00s|s\x00e\x00c\x00u\x00r\x00e\x00\.\x00c\x00o\x00n\x00n\x00e\x00c\x00t\x00i\x00o\x00n)\x00\x00\x00/

  condition:
    uint32be(0) == 0x504B0304 and
    not (uint32be(30) == 0x4D455441 and (uint16(26) == 9 or uint16(26) == 20)) and
    $manifest and any of ($free, $other)
}

rule kaspersky_android_library_embedded_engine
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky mobile SDK"
    component = "library"
    platform = "android"
    confidence = "claimed"
    basis = "paper"
    reason = "is an Android package with the native library or the bases of Kaspersky's SDK among its members"
    source = "docs/facts.md#android"
    embedded = true

  strings:
    $manifest = "AndroidManifest.xml"
    // A member's name in the central directory: 46 bytes of it stand before the name (APPNOTE.TXT 4.3.12).
    $sdk = /PK\x01\x02[\x00-\xFF]{42}lib\/[a-z0-9_-]{3,16}\/libkavsdk\.so/
    $engine = /PK\x01\x02[\x00-\xFF]{42}lib\/[a-z0-9_-]{3,16}\/libkavheur\.kdl\.so/

  condition:
    uint32be(0) == 0x504B0304 and
    not (uint32be(30) == 0x4D455441 and (uint16(26) == 9 or uint16(26) == 20)) and
    $manifest and any of ($sdk, $engine)
}

rule kaspersky_android_library_sdk_classes
{
  meta:
    vendor = "Kaspersky"
    product = "Kaspersky mobile SDK"
    component = "library"
    platform = "android"
    confidence = "claimed"
    basis = "paper"
    reason = "is Android code that names classes of Kaspersky's SDK"
    source = "docs/facts.md#android"
    embedded = true

  strings:
    // Descriptors of types (Dalvik Executable format, "TypeDescriptor semantics"), each of two classes of the SDK.
    $licence = "Lcom/kavsdk/license/SdkLicense;"
    $antivirus = /Lcom\/kavsdk\/([a-z]{1,32}\/)?Antivirus(Instance)?;/

  condition:
    uint32be(0) == 0x6465780A and all of them
}
