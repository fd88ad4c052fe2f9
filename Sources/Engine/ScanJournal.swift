public import Evidence
public import Findings

/// Store of the results of a scan, item by item, and of the results of an earlier scan of the same evidence.
///
/// A scan with a journal counts the restored results, skips recorded items before they are opened, and
/// thus ends with the results of an uninterrupted scan.
public protocol ScanJournal: AnyObject, Sendable {
  /// Returns the records of earlier scans. Called once, before all other functions.
  func resume() throws -> EarlierScan

  /// Whether an item is recorded. Called by any thread, once for each item.
  func isRecorded(_ item: Item) throws -> Bool

  /// Records the results of one item.
  func record(_ entry: ItemEntry) throws

  /// Records members of an archive, which are clean.
  func record(_ members: PassedMembers) throws

  /// Records a report of a source about no item: each run of a scan reports it anew.
  func record(walk ledger: Ledger, problem: Problem?) throws

  /// Records the description of a disk image.
  func record(_ medium: MediumDescription) throws

  /// Records the end of the scan, and returns the case that holds its results; nil if that is no case.
  func finish(_ end: ScanEnd) throws -> CaseReference?
}

/// The results of one item, which a journal records all or nothing.
public struct ItemEntry: Sendable {
  /// Location.
  public var locator: Locator
  /// Number that distinguishes it from items with equal locators.
  public var discriminator: UInt64?
  /// State of its content when it was opened.
  public var state: ContentState?
  /// Size in bytes; 0 if it could not be opened.
  public var size: UInt64 = 0
  /// Outcome; nil for a further path of a content that has its outcome elsewhere.
  public var outcome: Outcome?
  /// Whether it is an archive that the policy does not open: then it has no outcome.
  public var isLeft = false
  /// Its counts in the ledger, outcome included.
  public var ledger = Ledger()
  /// Finding at this path.
  public var finding: Finding?
  /// Whether this path counts; false for further paths of a content.
  public var isFirstPath = true
  /// Problems of the item.
  public var problems: [Problem] = []
  /// Content with several paths, if this is the path that it was scanned for.
  public var shared: SharedContent?
  /// Whether it is a clean file in a folder that may be a product's.
  public var isNoted = false
  /// Bytes of the medium that could not be read for it.
  public var lost: [Range<UInt64>] = []

  init(_ item: Item) {
    locator = item.locator
    discriminator = item.content.discriminator
  }

  /// Creates the entry of an item without a result.
  package init(locator: Locator) { self.locator = locator }
}

/// A content with several paths; those with the same key have the same finding.
public struct SharedContent: Hashable, Sendable {
  /// Identity of the content.
  public let identity: ContentIdentity
  /// Known place that the path denotes; nil for most.
  public let place: String?

  /// Creates a content from its parts.
  public init(identity: ContentIdentity, place: String?) {
    self.identity = identity
    self.place = place
  }
}

/// Results that earlier scans left in a journal.
public struct EarlierScan: Sendable {
  /// A finding or problem of an item.
  public enum Report: Sendable {
    case finding(Finding, isFirstPath: Bool)
    case problem(Problem)
  }

  /// Counts of the recorded items.
  public var ledger = Ledger()
  /// Findings and problems of the recorded items, in their order.
  public var reports: [Report] = []
  /// Clean files in folders that may be a product's.
  public var clean: [Locator] = []
  /// Contents with several paths that were scanned, with their finding.
  public var contents: [(content: SharedContent, finding: Finding?)] = []
  /// Start of the first scan; nil if there was none.
  public var start: Timestamp?
  /// Time that earlier scans took, in seconds.
  public var seconds = 0.0
  /// Number of recorded items.
  public var items = 0

  /// Creates the results of no scan.
  public init() {}
}

/// Results that exist only at the end of a scan.
public struct ScanEnd: Sendable {
  /// The inventory.
  public let products: [Product]
  /// Files in product folders without a finding.
  public let otherFiles: [OtherFile]
  /// Account and custody.
  public let summary: Summary

  /// Creates an end from its parts.
  package init(products: [Product], otherFiles: [OtherFile], summary: Summary) {
    self.products = products
    self.otherFiles = otherFiles
    self.summary = summary
  }
}
