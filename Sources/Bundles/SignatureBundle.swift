internal import Bytes
public import Findings
internal import FoundationEssentials
public import Profiles

/// A signed bundle: rules, facts and pinned certificates of a vendor, newer than those of this program.
///
/// The file has three parts: the line `trawl-bundle 1`, a line with the Ed25519 signature in
/// Base64, and JSON up to the end. The signature covers the first line and the JSON, and nothing
/// of the JSON is read before it is verified.
public struct SignatureBundle: Sendable {
  /// Number that grows with every bundle.
  public let version: Int
  /// Date on which it was made, as its maker wrote it.
  public let date: String
  /// Rules, facts and certificates.
  public let profile: VendorProfile
  /// SHA-256 of the file, in hexadecimal.
  public let sha256: String
  /// The key whose signature it carries.
  public let key: BundleKey

  /// Size of the largest file that is read.
  public static let greatestSize = 64 << 20
  /// First line of every bundle.
  static let magic = Array("trawl-bundle 1\n".utf8)
  /// Layout of the JSON. A field that is added or removed changes it.
  public static let layout = 1

  /// Verifies the bytes of a file, then reads them.
  public init(_ file: [UInt8], signedBy key: BundleKey) throws(BundleError) {
    self = try Self(content: try Self.content(of: file, signedBy: key), of: file, key)
  }

  /// The JSON of a file with a valid signature.
  static func content(of file: [UInt8], signedBy key: BundleKey) throws(BundleError) -> [UInt8] {
    guard file.count <= greatestSize else { throw .tooLarge }
    guard file.starts(with: magic) else { throw .notABundle }
    // 64 bytes are 88 characters of Base64.
    let start = magic.count + 88
    guard file.count > start, file[start] == UInt8(ascii: "\n"),
      let signature = Data(
        base64Encoded: String(decoding: file[magic.count..<start], as: UTF8.self)),
      signature.count == 64
    else { throw .notABundle }
    let content = Array(file[(start + 1)...])
    guard key.isSignature(Array(signature), of: magic + content) else {
      throw .wrongSignature(key)
    }
    return content
  }

  /// Reads the JSON of a verified file.
  package init(content: [UInt8], of file: [UInt8], _ key: BundleKey) throws(BundleError) {
    let decoder = JSONDecoder()
    let content = Data(content)
    guard let layout = try? decoder.decode(Layout.self, from: content) else {
      throw .damaged("it states no layout")
    }
    guard layout.layout == Self.layout else { throw .unknownLayout(layout.layout) }
    do {
      let content = try decoder.decode(Content.self, from: content)
      guard content.version > 0 else { throw BundleError.damaged("its version is not positive") }
      version = content.version
      date = content.date
      profile = content.profile
    } catch let error as BundleError {
      throw error
    } catch {
      throw .damaged("\(error)")
    }
    sha256 = Hexadecimal.text(of: Digest.sha256(of: file))
    self.key = key
  }

  /// Record for the custody block: the version, the key unless it is the project's, and the digest
  /// of the file.
  public var record: RuleSetRecord {
    let name = "bundle \(version)" + (key == .project ? "" : ", key \(key)")
    return RuleSetRecord(name: name, sha256: sha256)
  }

  /// JSON of a profile, as it stands in a bundle.
  public static func text(of profile: VendorProfile) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(profile), as: UTF8.self) + "\n"
  }

  private struct Layout: Decodable {
    let layout: Int
  }

  private struct Content: Decodable {
    let version: Int
    let date: String
    let profile: VendorProfile
  }
}
