/// A bundle that is not used.
public enum BundleError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Not a bundle, or cut off.
  case notABundle
  /// Larger than ``SignatureBundle/greatestSize``.
  case tooLarge
  /// No signature of the key that was asked for.
  case wrongSignature(BundleKey)
  /// Correctly signed, but made for another version of this program.
  case unknownLayout(Int)
  /// Correctly signed, but its content cannot be read.
  case damaged(String)

  /// The problem, and what to do.
  public var description: String {
    switch self {
    case .notABundle: "not a bundle of signatures"
    case .tooLarge: "larger than any bundle of signatures"
    case .wrongSignature(let key):
      "its signature is not one of the key \(key): the file is damaged, or was made by someone else"
    case .unknownLayout(let number):
      "made for another version of trawl (layout \(number)); update trawl"
    case .damaged(let text): "signed, but its content cannot be read: \(text)"
    }
  }
}
