import Bundles
import Bytes
import Catalogue
import Engine
import Findings
import Glibc
import Profiles

/// The signatures in use: those of the installed bundle, or the built-in ones.
struct CurrentSignatures {
  var profile: VendorProfile
  /// The bundle; nil for the built-in signatures.
  let bundle: SignatureBundle?

  /// Record for the custody block; nil for the built-in signatures, which are recorded as text.
  var record: RuleSetRecord? { bundle?.record }

  /// Rules of the profile with their record.
  func ruleSet(cache: CacheDirectory? = nil) throws -> RuleSet {
    var ruleSet = try RuleSet(profile, cache: cache)
    if let record { ruleSet.records = [record] }
    return ruleSet
  }

  /// Loads the newest of the installed bundles, if it is newer than the built-in signatures. A
  /// bundle that cannot be used is a failure: nothing is scanned with other rules than installed.
  static func load() throws -> CurrentSignatures {
    var newest: SignatureBundle?
    for store in stores {
      guard let bundle = try bundle(at: store.current) else { continue }
      if bundle.version > newest?.version ?? VendorProfile.builtInVersion { newest = bundle }
    }
    return CurrentSignatures(profile: newest?.profile ?? .builtIn, bundle: newest)
  }

  /// The folders that are searched: the one that `TRAWL_BUNDLES` names, none if that is empty; else
  /// that of the user, and that of the system.
  static var stores: [BundleStore] {
    if let named = getenv("TRAWL_BUNDLES") {
      return named.pointee == 0 ? [] : [BundleStore(RawPath(String(cString: named)))]
    }
    let stores = [BundleStore.ofUser, .ofSystem].compactMap { $0 }
    return stores.count == 2 && stores[0] == stores[1] ? [stores[0]] : stores
  }

  /// The key that must have signed: the project's, or the one in `TRAWL_BUNDLE_KEY`.
  static func key() throws -> BundleKey {
    guard let text = getenv("TRAWL_BUNDLE_KEY") else { return .project }
    guard let key = BundleKey(hexadecimal: String(cString: text)) else {
      throw Failure("TRAWL_BUNDLE_KEY: not a public key, which has 64 hexadecimal digits")
    }
    return key
  }

  /// A bundle of a store; nil if there is none.
  static func bundle(at path: RawPath) throws -> SignatureBundle? {
    do {
      guard let bytes = try BundleStore.bytes(of: path) else { return nil }
      return try SignatureBundle(bytes, signedBy: try key())
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure(
        "\(path.shown): \(error)\nInstall a bundle that can be used, or remove this one with"
          + " `trawl signatures update --revert`.")
    }
  }
}
