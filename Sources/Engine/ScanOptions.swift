public import Evidence
import Glibc

/// Options of scans.
public struct ScanOptions: Hashable, Sendable {
  /// Number of items scanned at the same time; the number of cores by default.
  public var jobs = Int(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  /// Number of items that may wait; if the queue is full, the source processes an item itself.
  public var queueCapacity = 1024
  /// Size in bytes above which items are skipped and listed; nil for no limit.
  public var maximumSize: UInt64?
  /// Time limit of libyara for one item in seconds; nil for no limit.
  public var timeout: Int? = 3600
  /// Whether content with several hard links is read once, and its finding reported for each.
  public var readsSharedContentOnce = true
  /// Whether the sieve may exclude items; otherwise libyara scans all of them. The answers are
  /// the same.
  public var usesSieve = true
  /// Percentage of the items answered by the sieve that libyara scans as well, to verify the
  /// answers.
  public var verifiedPercentage = 0
  /// Which archives are opened, of those that the scan's support for archives recognises.
  public var archives = ArchivePolicy.executables
  /// Which disk images are opened that are met as files, if the scan has support for them.
  public var images = ImagePolicy.insideImages
  /// Limits of what is unpacked.
  public var archiveLimits = ArchiveLimits()
  /// Policy for reading content.
  public var reading = ReadingPolicy()
  /// Command recorded in the custody block.
  public var commandLine: [String] = []

  /// Creates the defaults: all cores, no size limit, one hour per item.
  public init() {}
}
