import Glibc

/// The version of this package.
public enum Version {
  /// Semantic version as listed in CHANGELOG.md.
  public static let current = "0.1.0"
}

/// The machine that scans.
package enum Host {
  package static var name: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard gethostname(buffer.baseAddress!, buffer.count - 1) == 0 else { return "unknown" }
      buffer[buffer.count - 1] = 0
      return String(cString: buffer.baseAddress!)
    }
  }
}
