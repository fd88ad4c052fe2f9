import Evidence

/// Which archives are opened; their members are items.
public enum ArchivePolicy: String, Hashable, Sendable, CaseIterable {
  /// All that can be read.
  case all
  /// Those that programs are delivered in.
  case executables
  /// None.
  case none

  /// Whether an archive is opened that is inside of one of kind `outer`, if any.
  func opens(_ kind: ArchiveKind, in outer: ArchiveKind?) -> Bool {
    switch self {
    case .all: return true
    case .none: return false
    case .executables:
      switch kind {
      case .zip, .sevenZip, .cab, .deb, .rpm, .msi, .nsis, .innoSetup, .resources: return true
      // Parts of a package.
      case .tar, .gzip, .bzip2, .xz, .zstd:
        return outer == .deb || outer.map(Self.isCompressed) == true
      case .cpio: return outer == .rpm
      case .rar, .iso, .lzip, .vmdk, .vhd, .vhdx, .qcow2, .vdi, .ewf, .aff: return false
      }
    }
  }

  /// Of these only the parts of packages are opened, so what is inside of them is a part, too.
  private static func isCompressed(_ kind: ArchiveKind) -> Bool {
    [.gzip, .bzip2, .xz, .zstd].contains(kind)
  }
}

/// Limits of archives. What goes beyond is reported.
public struct ArchiveLimits: Hashable, Sendable {
  /// Number of archives inside each other.
  public var depth = 4
  /// Number of members of a file, those of archives in it included.
  public var members = 500_000
  /// Bytes that are unpacked of a file, as a multiple of its size.
  public var expansion: UInt64 = 250
  /// Bytes that may be unpacked of a file whatever its size.
  public var leastBytes: UInt64 = 256 << 20
  /// Bytes that are unpacked of any file.
  public var mostBytes: UInt64 = 64 << 30
  /// Seconds for a file.
  public var seconds = 900
  /// Number of files of a disk image that is met as a file, besides members of archives in it.
  public var imageFiles = 20_000_000
  /// Seconds for such an image.
  public var imageSeconds = 14_400

  /// Creates the defaults.
  public init() {}

  /// Bytes that may be unpacked of a file of `size` bytes.
  func bytes(ofFile size: UInt64) -> UInt64 {
    let (product, overflow) = size.multipliedReportingOverflow(by: expansion)
    return min(mostBytes, max(leastBytes, overflow ? .max : product))
  }
}
