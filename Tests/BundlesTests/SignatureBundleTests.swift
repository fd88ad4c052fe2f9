import Bundles
import Bytes
import Catalogue
import Crypto
import Findings
import Foundation
import Profiles
import TestSupport
import Testing

@Suite struct SignatureBundleTests {
  private let own = Curve25519.Signing.PrivateKey()
  private var key: BundleKey { TestBundle.publicKey(of: own) }

  private func bundle(_ content: String) throws -> [UInt8] {
    try TestBundle.signed(Array(content.utf8), by: own)
  }

  private func content(version: Int = 7, layout: Int = 1) throws -> String {
    let profile = try SignatureBundle.text(of: .kaspersky)
    return #"{"layout":\#(layout),"version":\#(version),"date":"2026-11-30","profile":\#(profile)}"#
  }

  @Test func aSignedBundleHoldsTheWholeProfile() throws {
    let file = try bundle(content())
    let read = try SignatureBundle(file, signedBy: key)
    #expect(read.version == 7)
    #expect(read.date == "2026-11-30")
    #expect(read.profile == .kaspersky)
    #expect(read.record.name == "bundle 7, key \(key)")
    #expect(read.record.sha256 == Hexadecimal.text(of: Digest.sha256(of: file)))
  }

  @Test func anotherKeyIsRefused() throws {
    let other = TestBundle.publicKey(of: Curve25519.Signing.PrivateKey())
    let file = try bundle(content())
    #expect(throws: BundleError.wrongSignature(other)) {
      try SignatureBundle(file, signedBy: other)
    }
    #expect(throws: BundleError.wrongSignature(.project)) {
      try SignatureBundle(file, signedBy: .project)
    }
  }

  @Test func everyChangedByteIsRefused() throws {
    let file = try bundle(content())
    let places = Array(0..<200) + stride(from: 200, to: file.count, by: 997) + [file.count - 1]
    for place in places {
      var damaged = file
      damaged[place] ^= 1
      #expect(throws: BundleError.self) { try SignatureBundle(damaged, signedBy: key) }
    }
    #expect(throws: BundleError.wrongSignature(key)) {
      try SignatureBundle(file + [10], signedBy: key)
    }
  }

  @Test func whatIsCutOffOrUnsignedIsRefused() throws {
    let file = try bundle(content())
    for length in [0, 1, 14, 15, 16, 102, 103] {
      #expect(throws: BundleError.notABundle) {
        try SignatureBundle(Array(file.prefix(length)), signedBy: key)
      }
    }
    let text = Array(try content().utf8)
    #expect(throws: BundleError.notABundle) { try SignatureBundle(text, signedBy: key) }
    #expect(throws: BundleError.notABundle) {
      try SignatureBundle(Array("trawl-bundle 1\n\n".utf8) + text, signedBy: key)
    }
  }

  @Test func signedNonsenseIsDamaged() throws {
    for text in [
      "", "{", "[]", #"{"layout":1}"#, #"{"layout":1,"version":2,"date":"d","profile":{}}"#,
    ] {
      let file = try bundle(text)
      #expect(throws: BundleError.self) { try SignatureBundle(file, signedBy: key) }
    }
    #expect(throws: BundleError.unknownLayout(2)) {
      try SignatureBundle(try bundle(content(layout: 2)), signedBy: key)
    }
    #expect(throws: BundleError.damaged("its version is not positive")) {
      try SignatureBundle(try bundle(content(version: 0)), signedBy: key)
    }
  }

  @Test func keysAreSixtyFourDigits() {
    #expect(BundleKey(hexadecimal: Hexadecimal.text(of: key.bytes)) == key)
    for text in ["", "00", String(repeating: "g", count: 64), String(repeating: "é", count: 32)] {
      #expect(BundleKey(hexadecimal: text) == nil)
    }
  }
}
