import Findings
import TestSupport
import Testing

/// A signed file, or the rest of one, and its expected result.
struct SignatureOutcome: CustomTestStringConvertible, Sendable {
  /// Confidence, and text that one of the reasons must contain.
  struct Expected: Sendable {
    let confidence: Confidence
    let reason: String

    static func confirmed(_ reason: String) -> Expected {
      .init(confidence: .confirmed, reason: reason)
    }
    static func strong(_ reason: String) -> Expected { .init(confidence: .strong, reason: reason) }
    static func claimed(_ reason: String) -> Expected {
      .init(confidence: .claimed, reason: reason)
    }
    static func weak(_ reason: String) -> Expected { .init(confidence: .weak, reason: reason) }
  }

  let testDescription: String
  let bytes: @Sendable () throws -> [UInt8]
  /// Results with the fixtures' authority as `--trust-anchor`, and with only the built-in
  /// certificates.
  let trusted: Expected
  let untrusted: Expected

  /// Creates a case. `file` is one of Tests/Fixtures/signatures; `change` makes the variant of
  /// it.
  init(
    _ description: String, _ file: String, trusted: Expected, untrusted: Expected,
    change: @escaping @Sendable (SignedFile) throws -> [UInt8] = { $0.bytes }
  ) {
    testDescription = description
    bytes = { try change(try SignedFile.fixture(file)) }
    self.trusted = trusted
    self.untrusted = untrusted
  }

  /// Creates a case with the same result for every authority.
  init(
    _ description: String, _ file: String, always expected: Expected,
    change: @escaping @Sendable (SignedFile) throws -> [UInt8] = { $0.bytes }
  ) {
    self.init(description, file, trusted: expected, untrusted: expected, change: change)
  }
}

extension SignatureOutcome {
  private static let byKaspersky =
    "valid code signature by AO Kaspersky Lab, certified by a pinned authority"
  private static let noPinned =
    "in the name of AO Kaspersky Lab that leads to no pinned certificate"
  private static let mentions =
    "as the submitter that leads to no pinned certificate"
  private static let selfMade = "leads to no pinned certificate"
  private static let mismatch =
    "differs from what was signed in the name of AO Kaspersky Lab"
  private static let resource = "version resource names Kaspersky as its company"
  private static let banner = "carries the driver banner [[[ KLIF.SYS;"
  private static let others = "is signed only by others: the claim is not believed"

  static let all = genuine + names + forged + borrowed + copies + changed + timestamps

  /// Signed like genuine files.
  private static let genuine = [
    SignatureOutcome(
      "signed", "authority/sha256.sys", trusted: .confirmed(byKaspersky),
      untrusted: .claimed(noPinned)),
    SignatureOutcome(
      "signed, code identity", "authority/klif.sys", trusted: .confirmed(byKaspersky),
      untrusted: .strong(banner)),
    SignatureOutcome(
      "Microsoft's nested", "authority/kaspersky-first.sys", trusted: .confirmed(byKaspersky),
      untrusted: .claimed(noPinned)),
    SignatureOutcome(
      "Microsoft's first", "authority/kaspersky-last.sys",
      trusted: .confirmed(
        "by Microsoft, which names Kaspersky Lab Switzerland GmbH as the submitter"),
      untrusted: .claimed(mentions)),
    SignatureOutcome(
      "20 nested", "authority/twenty-nested.sys", trusted: .confirmed(byKaspersky),
      untrusted: .claimed(noPinned)),
    SignatureOutcome(
      "Microsoft's for Kaspersky", "authority/submitted.sys",
      trusted: .confirmed("by Microsoft, which names AO Kaspersky Lab as the submitter"),
      untrusted: .claimed(mentions)),
  ]

  /// Numbers and encodings of names.
  private static let names = [
    SignatureOutcome(
      "negative serial, UTF8String not of ASCII", "self-made/negative-serial.sys",
      always: .claimed(selfMade)),
    SignatureOutcome(
      "negative serial, issued", "authority/negative-serial.sys", trusted: .confirmed(byKaspersky),
      untrusted: .claimed(noPinned)),
    SignatureOutcome("BMPString", "self-made/bmp-string.sys", always: .claimed(selfMade)),
    SignatureOutcome(
      "BMPString, issued", "authority/bmp-string.sys", trusted: .confirmed(byKaspersky),
      untrusted: .claimed(noPinned)),
    SignatureOutcome(
      "BMPString as program name", "authority/unicode-name.sys",
      trusted: .confirmed("by Microsoft, which names AO Kaspersky Lab as the submitter"),
      untrusted: .claimed(mentions)),
    SignatureOutcome(
      "constructed strings", "authority/constructed-strings.sys", trusted: .confirmed(byKaspersky),
      untrusted: .claimed(noPinned)),
    SignatureOutcome(
      "constructed strings, self-made", "self-made/constructed-strings.sys",
      always: .claimed("in the name of Kaspersky Lab JSC that leads to no pinned certificate")),
  ]

  /// Signed by others than Kaspersky.
  private static let forged = [
    SignatureOutcome("self-made CA", "self-made/kaspersky.sys", always: .claimed(selfMade)),
    SignatureOutcome(
      "self-made CA, code identity", "self-made/klif.sys", always: .strong(selfMade)),
    SignatureOutcome(
      "another names Kaspersky as program", "authority/other-names-itself.sys",
      always: .claimed("by Northwind that mentions Kaspersky, as anyone's may")),
    SignatureOutcome("another vendor", "authority/other-vendor.sys", always: .weak(others)),
  ]

  private static let text = "[[[ KLIF.SYS;%d.%d.%d.%d ]]]"
  private static let outside =
    banner + " that Kaspersky's Core System Interceptors print, but not by its own code alone"

  /// Code identity that lies where no code of the file is.
  private static let borrowed = [
    SignatureOutcome(
      "banner in the padding of another vendor's table", "authority/other-vendor.sys",
      always: .weak(others), change: { $0.padded(with: text) }),
    SignatureOutcome(
      "banner behind the sections, signed by another vendor", "authority/banner-appended.sys",
      always: .weak(others)),
    SignatureOutcome(
      "banner behind the sections", "none/banner-appended.sys", always: .claimed(outside)),
    SignatureOutcome(
      "driver in a resource, signed by another vendor", "authority/driver-in-resource.sys",
      always: .weak(outside)),
    SignatureOutcome(
      "driver in a resource", "none/driver-in-resource.sys", always: .claimed(outside)),
    SignatureOutcome(
      "code identity without sections", "authority/klif.sys", always: .claimed(outside),
      change: { $0.withoutSections() }),
    SignatureOutcome(
      "code identity, and the banner behind it once more", "authority/klif.sys",
      always: .strong(banner), change: { $0.bytes + $0.padded(with: text).suffix(64) }),
    SignatureOutcome(
      "code identity, cut off behind its sections", "authority/klif.sys", always: .strong(banner),
      change: { Array($0.bytes[..<$0.table.lowerBound]) }),
    SignatureOutcome(
      "third party's library, signed by Kaspersky", "authority/third-party.dll",
      trusted: .confirmed("names Northwind as its vendor"), untrusted: .claimed(noPinned)),
    SignatureOutcome(
      "third party's library, table of another file", "authority/third-party.dll",
      always: .weak(
        "names Northwind as its vendor, and its signatures in another name are of other bytes"),
      change: { file in
        let other = try SignedFile.fixture("authority/sha256.sys")
        return file.carrying(other.bytes[other.table])
      }),
  ]

  /// Signatures that were removed or copied.
  private static let copies = [
    SignatureOutcome("re-signed copy", "authority/re-signed.sys", always: .weak(others)),
    SignatureOutcome(
      "re-signed copy, code identity", "authority/klif-re-signed.sys",
      always: .strong("valid code signature by another: Northwind")),
    SignatureOutcome("stripped", "none/stripped.sys", always: .claimed(resource)),
    SignatureOutcome("never signed", "none/unsigned.sys", always: .claimed(resource)),
    SignatureOutcome(
      "transplanted table", "none/unsigned.sys", always: .claimed(mismatch),
      change: { file in
        let other = try SignedFile.fixture("authority/32-bit.exe")
        return file.carrying(other.bytes[other.table])
      }),
    SignatureOutcome(
      "transplanted table, code identity", "authority/klif-re-signed.sys",
      always: .strong(mismatch),
      change: { file in
        let other = try SignedFile.fixture("authority/sha256.sys")
        return file.carrying(other.bytes[other.table])
      }),
  ]

  /// Bytes that were changed after signing.
  private static let changed = [
    SignatureOutcome(
      "changed inside", "authority/sha256.sys", always: .claimed(mismatch),
      change: { $0.flipping(0x50) }),
    SignatureOutcome(
      "changed inside, last byte", "authority/sha256.sys", always: .claimed(mismatch),
      change: { $0.flipping($0.table.lowerBound - 1) }),
    SignatureOutcome(
      "changed outside: checksum", "authority/sha256.sys", trusted: .confirmed(byKaspersky),
      untrusted: .claimed(noPinned), change: { $0.flipping($0.checksum) }),
    SignatureOutcome(
      "changed outside: padding of the table", "authority/sha256.sys",
      trusted: .confirmed(byKaspersky), untrusted: .claimed(noPinned), change: { $0.padded() }),
    SignatureOutcome(
      "truncated table", "authority/sha256.sys",
      always: .claimed("the certificate table extends beyond the end of the file"),
      change: { Array($0.bytes.dropLast(100)) }),
    SignatureOutcome(
      "data behind the table", "authority/sha256.sys",
      always: .claimed("data follows the certificate table"), change: { $0.bytes + [0] }),
  ]

  /// A timestamp, valid or not, changes nothing.
  private static let timestamps = ["rfc3161", "pkcs9", "bare"].flatMap { kind in
    [
      SignatureOutcome(
        "timestamp \(kind)", "authority/\(kind).sys", trusted: .confirmed(byKaspersky),
        untrusted: .claimed(noPinned)),
      SignatureOutcome(
        "timestamp \(kind), self-made CA", "self-made/\(kind).sys", always: .claimed(selfMade)),
      SignatureOutcome(
        "timestamp \(kind) of another signature", "authority/\(kind)-of-another.sys",
        trusted: .confirmed("has an invalid timestamp: it belongs to another signature"),
        untrusted: .claimed("has an invalid timestamp: it belongs to another signature")),
    ]
  }
}
