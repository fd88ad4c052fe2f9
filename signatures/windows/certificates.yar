// Code signatures, primary or nested, whose signer's organisation is Kaspersky Lab, one rule for each kind of PE.
// libyara verifies nothing, so a certificate here is a claim, and the reason only says what is true whatever comes of
// the verification. The names of issuers do not count.

import "pe"

rule kaspersky_windows_driver_certificate
{
  meta:
    vendor = "Kaspersky"
    component = "driver"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a driver that names Kaspersky Lab in the certificate of a code signature"
    source = "docs/facts.md#certificates"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem == pe.SUBSYSTEM_NATIVE and
    for any signature in pe.signatures : (
      signature.subject contains "Kaspersky Lab" and
      signature.subject matches /\/O=((AO|ZAO) )?Kaspersky Lab( JSC| ZAO)?(\/|$)/
    )
}

rule kaspersky_windows_application_certificate
{
  meta:
    vendor = "Kaspersky"
    component = "application"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a program that names Kaspersky Lab in the certificate of a code signature"
    source = "docs/facts.md#certificates"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) == 0 and
    for any signature in pe.signatures : (
      signature.subject contains "Kaspersky Lab" and
      signature.subject matches /\/O=((AO|ZAO) )?Kaspersky Lab( JSC| ZAO)?(\/|$)/
    )
}

rule kaspersky_windows_library_certificate
{
  meta:
    vendor = "Kaspersky"
    component = "library"
    platform = "windows"
    confidence = "claimed"
    basis = "genuine"
    reason = "is a library that names Kaspersky Lab in the certificate of a code signature"
    source = "docs/facts.md#certificates"

  condition:
    uint16(0) == 0x5A4D and
    pe.subsystem != pe.SUBSYSTEM_NATIVE and (pe.characteristics & pe.DLL) != 0 and
    for any signature in pe.signatures : (
      signature.subject contains "Kaspersky Lab" and
      signature.subject matches /\/O=((AO|ZAO) )?Kaspersky Lab( JSC| ZAO)?(\/|$)/
    )
}
