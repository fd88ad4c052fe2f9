/// The items of a volume as a helper listed them, still encoded: a million of them take little memory, and they
/// are read in the order of the medium, whatever the order of their names.
struct VolumeListing {
  /// Whole entries in chunks: one large array would be copied whenever it grows.
  private var chunks: [[UInt8]] = []
  private var places: [Place] = []
  private static let chunkSize = 1 << 20

  /// Where an entry is kept.
  private struct Place {
    /// The first byte on the medium.
    let rank: UInt64
    let chunk: UInt32
    let offset: UInt32
  }

  /// How many entries there are.
  var count: Int { places.count }

  /// Keeps an entry as it came over the pipe.
  mutating func append(_ entry: [UInt8]) throws(WireReader.Malformed) {
    var reader = WireReader(entry)
    let rank: UInt64 = try reader.number()
    if chunks.isEmpty || chunks[chunks.count - 1].count + entry.count + 4 > Self.chunkSize {
      var chunk = [UInt8]()
      chunk.reserveCapacity(max(Self.chunkSize, entry.count + 4))
      chunks.append(chunk)
    }
    let last = chunks.count - 1
    places.append(
      Place(rank: rank, chunk: UInt32(last), offset: UInt32(clamping: chunks[last].count)))
    withUnsafeBytes(of: UInt32(entry.count).littleEndian) { chunks[last].append(contentsOf: $0) }
    chunks[last].append(contentsOf: entry)
  }

  /// Hands over every entry in the order of the medium, until `body` answers false.
  mutating func drain(_ body: ([UInt8]) -> Bool) {
    places.sort { ($0.rank, $0.chunk, $0.offset) < ($1.rank, $1.chunk, $1.offset) }
    for place in places {
      let chunk = chunks[Int(place.chunk)]
      let start = Int(place.offset) + 4
      let count = chunk.withUnsafeBytes { $0.little(start - 4, as: UInt32.self) ?? 0 }
      guard body(Array(chunk[start..<(start + Int(count))])) else { return }
    }
  }
}
