import Findings
import TestSupport
import Testing

/// A signed file, or what is left of one, and what it must come to.
struct SignatureOutcome: CustomTestStringConvertible, Sendable {
  /// A confidence, and words that one of the reasons must have.
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
  /// With the authority of the fixtures as `--trust-anchor`, and with the built-in certificates alone.
  let trusted: Expected
  let untrusted: Expected

  /// `file` is one of Tests/Fixtures/signatures; `change` makes the variant of it.
  init(
    _ description: String, _ file: String, trusted: Expected, untrusted: Expected,
    change: @escaping @Sendable (SignedFile) throws -> [UInt8] = { $0.bytes }
  ) {
    testDescription = description
    bytes = { try change(try SignedFile.fixture(file)) }
    self.trusted = trusted
    self.untrusted = untrusted
  }

  /// One that comes to the same whatever the authority.
  init(
    _ description: String, _ file: String, always expected: Expected,
    change: @escaping @Sendable (SignedFile) throws -> [UInt8] = { $0.bytes }
  ) {
    self.init(description, file, trusted: expected, untrusted: expected, change: change)
  }
}

extension SignatureOutcome {
  private static let byKaspersky =
    "valid code signature by AO Kaspersky Lab, whom a pinned authority"
  private static let noPinned =
    "in the name of AO Kaspersky Lab that leads to no pinned certificate"
  private static let mentions =
    "by Microsoft Corporation that mentions Kaspersky and proves nothing"
  private static let selfMade = "leads to no pinned certificate"
  private static let mismatch =
    "the digest that is signed in the name of AO Kaspersky Lab is not that of this file"
  private static let resource = "version resource gives Kaspersky Lab as CompanyName"
  private static let banner = "carries the driver banner [[[ KLIF.SYS;"
  private static let others = "is signed by others only, so that the claim is not believed"

  static let all = genuine + names + forged + copies + changed + timestamps

  /// As genuine files are signed.
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

  /// By who is not Kaspersky.
  private static let forged = [
    SignatureOutcome("self-made CA", "self-made/kaspersky.sys", always: .claimed(selfMade)),
    SignatureOutcome(
      "self-made CA, code identity", "self-made/klif.sys", always: .strong(selfMade)),
    SignatureOutcome(
      "another names Kaspersky as program", "authority/other-names-itself.sys",
      always: .claimed("by Northwind that mentions Kaspersky and proves nothing")),
    SignatureOutcome("another vendor", "authority/other-vendor.sys", always: .weak(others)),
  ]

  /// Signatures that were taken away or brought in.
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
      always: .claimed("the certificate table is cut off by the end of the file"),
      change: { Array($0.bytes.dropLast(100)) }),
    SignatureOutcome(
      "data behind the table", "authority/sha256.sys",
      always: .claimed("data follows the certificate table"), change: { $0.bytes + [0] }),
  ]

  /// A timestamp, true or not, changes nothing.
  private static let timestamps = ["rfc3161", "pkcs9"].flatMap { kind in
    [
      SignatureOutcome(
        "timestamp \(kind)", "authority/\(kind).sys", trusted: .confirmed(byKaspersky),
        untrusted: .claimed(noPinned)),
      SignatureOutcome(
        "timestamp \(kind), self-made CA", "self-made/\(kind).sys", always: .claimed(selfMade)),
      SignatureOutcome(
        "timestamp \(kind) of another signature", "authority/\(kind)-of-another.sys",
        trusted: .confirmed("has a timestamp that is not one of its code signature"),
        untrusted: .claimed("has a timestamp that is not one of its code signature")),
    ]
  }
}
