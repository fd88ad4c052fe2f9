public import Evidence
import Glibc
public import Identity

/// How a scan is done.
public struct ScanOptions: Hashable, Sendable {
  /// How many items are scanned at the same time; the number of cores unless set.
  public var jobs = Int(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  /// How many items may wait; a source that finds the queue full works an item itself.
  public var queueCapacity = 1024
  /// Items larger than so many bytes are skipped, and listed; nil for no limit.
  public var maximumSize: UInt64?
  /// Seconds that libyara may take for one item; nil for no limit.
  public var timeout: Int? = 3600
  /// Whether content behind several hard links is read once, and its finding reported for each.
  public var readsSharedContentOnce = true
  /// Whether the sieve may exclude items, or libyara scans all of them: the answers are the same.
  public var usesSieve = true
  /// How many in a hundred of the items that the sieve answers for are scanned by libyara all the same,
  /// to see that it would have said so too.
  public var verifiedPercentage = 0
  /// How content is read.
  public var reading = ReadingPolicy()
  /// Which certificates prove that a valid code signature is the vendor's.
  public var trustAnchors = TrustAnchors.builtIn
  /// The command that the custody block records.
  public var commandLine: [String] = []

  /// All cores, no limit of size, an hour an item.
  public init() {}
}
