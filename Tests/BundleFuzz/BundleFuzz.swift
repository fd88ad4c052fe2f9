import Bundles
import Catalogue
import Crypto
import Foundation
import Profiles
import TestSupport

/// Damages bundles: `BundleFuzz SECONDS [SEED]`. A damaged one must be refused, and what was signed
/// must be read without a crash, however it looks.
@main
enum BundleFuzz {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
    let seed = UInt64(arguments.dropFirst().first ?? 1)
    var generator = SeededGenerator(seed: seed)
    let own = Curve25519.Signing.PrivateKey()
    let key = TestBundle.publicKey(of: own)
    var profile = VendorProfile.kaspersky
    profile.rules = "rule r { condition: true }"
    let text = try SignatureBundle.text(of: profile)
    let content = Array(
      #"{"layout":1,"version":2,"date":"2026-11-30","profile":\#(text)}"#.utf8)
    let bundle = try TestBundle.signed(content, by: own)
    let end = ContinuousClock.now + .seconds(arguments.first ?? 10)
    var (count, read) = (0, 0)
    while ContinuousClock.now < end {
      for _ in 0..<50 {
        let forged = damaged(bundle, &generator)
        precondition(
          forged == bundle || (try? SignatureBundle(forged, signedBy: key)) == nil,
          "a damaged bundle is accepted")
        let content = damaged(content, &generator)
        if (try? SignatureBundle(content: content, of: content, key)) != nil { read += 1 }
        count += 1
      }
    }
    print("seed \(seed): \(count) bundles, \(read) contents read")
  }

  private static func damaged(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      // Half of the damage is near the beginning, where the signature is.
      let range = Bool.random(using: &generator) ? min(200, bytes.count) : bytes.count
      let place = Int.random(in: 0..<range, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: place)
      case 2:
        bytes.insert(Array("\"\\{}[],:0-eu\n".utf8).randomElement(using: &generator)!, at: place)
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + 64))
      case 4:
        let depth = Int.random(in: 1...2000, using: &generator)
        bytes.insert(contentsOf: [UInt8](repeating: UInt8(ascii: "["), count: depth), at: place)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }
}
