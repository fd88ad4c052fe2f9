import Bytes
import Evidence
import FileSystems
import HelperProcesses

/// Items of a volume as listed by a helper, still encoded: a million of them take little
/// memory, and they are read in the order of the medium, whatever the order of their names.
struct VolumeListing {
  /// Whole entries in chunks: one large array would be copied whenever it grows.
  private var chunks: [[UInt8]] = []
  private var places: [Place] = []
  /// Owners of the volume's bytes.
  private(set) var owners = SpaceOwners()
  private static let chunkSize = 1 << 20

  /// Location of an entry in the chunks.
  struct Entry: Hashable {
    fileprivate let chunk: UInt32
    fileprivate let offset: UInt32
  }

  private struct Place {
    /// Offset of the first byte on the medium.
    let rank: UInt64
    let entry: Entry
  }

  /// Number of entries.
  var count: Int { places.count }

  /// Stores an entry in its pipe format.
  mutating func append(_ entry: [UInt8]) throws(WireReader.Malformed) {
    var reader = WireReader(entry)
    let rank: UInt64 = try reader.number()
    let layout = try ItemLayout(entry)
    if chunks.isEmpty || chunks[chunks.count - 1].count + entry.count + 4 > Self.chunkSize {
      var chunk = [UInt8]()
      chunk.reserveCapacity(max(Self.chunkSize, entry.count + 4))
      chunks.append(chunk)
    }
    let last = chunks.count - 1
    let place = Entry(chunk: UInt32(last), offset: UInt32(clamping: chunks[last].count))
    places.append(Place(rank: rank, entry: place))
    owners.add(layout, entry: place)
    withUnsafeBytes(of: UInt32(entry.count).littleEndian) { chunks[last].append(contentsOf: $0) }
    chunks[last].append(contentsOf: entry)
  }

  /// Records bytes that are in no extent of an item.
  mutating func add(_ kind: OwnedKind, _ runs: [Run], in volume: Range<UInt64>) {
    for run in runs {
      let (end, overflow) = run.offset.addingReportingOverflow(run.length)
      let range = run.offset..<(overflow ? .max : end)
      guard !overflow, range.overlaps(volume) else { continue }
      switch kind {
      case .structure: owners.add(structure: range.clamped(to: volume))
      case .content: owners.add(content: range.clamped(to: volume))
      }
    }
  }

  /// Sorts the entries in the order of the medium.
  mutating func order() {
    places.sort {
      ($0.rank, $0.entry.chunk, $0.entry.offset) < ($1.rank, $1.entry.chunk, $1.entry.offset)
    }
  }

  /// Passes on every entry in order, until `body` returns false.
  func visit(_ body: ([UInt8]) -> Bool) {
    for place in places {
      guard body(bytes(of: place.entry)) else { return }
    }
  }

  /// Path of an entry.
  func path(of entry: Entry) -> RawPath? {
    try? ListedItem(bytes(of: entry)).file.path
  }

  private func bytes(of entry: Entry) -> [UInt8] {
    let chunk = chunks[Int(entry.chunk)]
    let start = Int(entry.offset) + 4
    let count = chunk.withUnsafeBytes { $0.little(start - 4, as: UInt32.self) ?? 0 }
    return Array(chunk[start..<(start + Int(count))])
  }
}
