import Bytes
internal import CAuthenticode
package import Profiles

extension TrustAnchors {
  /// Adds the certificates of a PEM text as authorities. Returns their number, or nil if there is
  /// none or one cannot be read.
  package mutating func add(pem: [UInt8]) -> Int? {
    let beginning = Array("-----BEGIN CERTIFICATE-----".utf8)
    let stated = pem.ranges(of: beginning).count
    var digest = [UInt8](repeating: 0, count: 32)
    var added = Set<String>()
    for index in 0..<stated {
      guard c_authenticode_pem_certificate(pem, pem.count, index, &digest) else { return nil }
      added.insert(Hexadecimal.text(of: digest))
    }
    authorities.formUnion(added)
    return stated == 0 ? nil : stated
  }
}
