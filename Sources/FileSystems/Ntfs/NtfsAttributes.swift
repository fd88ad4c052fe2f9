import Bytes
import Containers

/// Attributes of a file, collected from its entry and from those in its attribute list.
struct NtfsAttributes {
  /// Copies of the entries: their names and runs are needed until the file is done.
  private var records: [(number: UInt64, bytes: [UInt8])] = []
  private(set) var all: [(record: Int, attribute: NtfsAttribute)] = []
  /// Whether an entry of the file is missing.
  private(set) var isIncomplete = false

  /// Limit of entries in a file; NTFS itself stops at 256 KiB of list.
  private static let maximumRecords = 16_384

  /// Removes everything.
  mutating func removeAll() {
    records.removeAll(keepingCapacity: true)
    all.removeAll(keepingCapacity: true)
    isIncomplete = false
  }

  /// Adds the attributes of one entry.
  mutating func add(_ record: [UInt8], entry number: UInt64) {
    let index = records.count
    records.append((number, record))
    record.withUnsafeBytes { bytes in
      // Offset of the first attribute at 20, number of used bytes at 24.
      let used = min(Int(bytes.little(24, as: UInt32.self) ?? 0), bytes.count)
      let entry = UnsafeRawBufferPointer(rebasing: bytes[..<used])
      var offset = Int(entry.little(20, as: UInt16.self) ?? UInt16.max)
      while let (attribute, length) = NtfsAttribute.read(entry, at: offset) {
        all.append((index, attribute))
        offset += length
      }
    }
  }

  /// Adds the entries in the attribute list, each once; returns whether there were new ones.
  mutating func addListed(_ table: NtfsTable, of file: UInt64) throws(ImageError) -> Bool {
    guard let list = streams(of: NtfsAttribute.Kind.attributeList).first else { return false }
    guard list.size <= 16 << 20, let extents = extents(of: list, table) else {
      isIncomplete = true
      return false
    }
    let entries = Self.entries(in: try table.bytes(of: extents))
    var known = Set(records.map(\.number))
    var record = [UInt8](repeating: 0, count: table.geometry.recordSize)
    var isNew = false
    for number in entries where known.insert(number).inserted {
      guard records.count < Self.maximumRecords, number < table.count,
        try table.read(number, into: &record) == .whole,
        record.withUnsafeBytes({ $0.little(32, as: UInt64.self) ?? 0 }) & 0xFFFF_FFFF_FFFF == file
      else {
        isIncomplete = true
        continue
      }
      add(record, entry: number)
      isNew = true
    }
    return isNew
  }

  /// Entry numbers in a list: length of a list entry at 4, reference at 16.
  private static func entries(in list: [UInt8]) -> [UInt64] {
    list.withUnsafeBytes { bytes in
      var numbers = [UInt64]()
      var offset = 0
      while let length: UInt16 = bytes.little(offset + 4), length >= 24,
        let reference: UInt64 = bytes.little(offset + 16)
      {
        let number = reference & 0xFFFF_FFFF_FFFF
        if numbers.last != number { numbers.append(number) }
        offset += Int(length)
      }
      return numbers
    }
  }

  /// Lends the bytes of one of the entries.
  func withRecord<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    records[index].bytes.withUnsafeBytes(body)
  }

  /// Content of a stream as extents of the image; nil if not known.
  func extents(of stream: NtfsStream, _ table: NtfsTable) -> [Extent]? {
    guard case .resident(let range) = stream.attribute.content else {
      return stream.runs.extents(size: stream.size, written: stream.written, table.geometry)
    }
    return withRecord(stream.record) {
      table.extents(of: range, in: records[stream.record].number, $0)
    }
  }

  /// Content of the first resident attribute of a type.
  func resident(_ type: UInt32) -> [UInt8]? {
    for (index, attribute) in all where attribute.type == type {
      if case .resident(let range) = attribute.content {
        return withRecord(index) { Array($0[range]) }
      }
    }
    return nil
  }

  /// Streams of a type, each assembled from its parts.
  func streams(of type: UInt32) -> [NtfsStream] {
    var streams = [NtfsStream]()
    for (index, attribute) in all where attribute.type == type {
      let name = withRecord(index) { Array($0[attribute.name]) }
      guard case .clusters(let content) = attribute.content else {
        streams.append(NtfsStream(name, attribute, self, index))
        continue
      }
      if content.firstCluster == 0 {
        streams.append(NtfsStream(name, attribute, self, index))
      }
    }
    for (index, attribute) in further(type) {
      guard case .clusters(let content) = attribute.content else { continue }
      withRecord(index) { record in
        let name = Array(record[attribute.name])
        guard let stream = streams.firstIndex(where: { $0.name == name && !$0.isResident }) else {
          return
        }
        streams[stream].runs.append(record, content)
      }
    }
    return streams
  }

  /// Continuation parts of streams, in cluster order.
  private func further(_ type: UInt32) -> [(record: Int, attribute: NtfsAttribute)] {
    func first(_ attribute: NtfsAttribute) -> UInt64 {
      if case .clusters(let content) = attribute.content { content.firstCluster } else { 0 }
    }
    let parts = all.filter { $0.attribute.type == type && first($0.attribute) > 0 }
    return parts.count < 2 ? parts : parts.sorted { first($0.attribute) < first($1.attribute) }
  }
}

/// One stream of a file.
struct NtfsStream {
  /// Name in UTF-16, little-endian; empty for the default stream.
  let name: [UInt8]
  let attribute: NtfsAttribute
  /// Size of the content in bytes.
  let size: UInt64
  /// Number of bytes ever written.
  let written: UInt64
  fileprivate(set) var runs = NtfsRuns()
  /// Index of the file's entry that begins it.
  fileprivate let record: Int

  var isResident: Bool { if case .resident = attribute.content { true } else { false } }

  fileprivate init(
    _ name: [UInt8], _ attribute: NtfsAttribute, _ attributes: NtfsAttributes, _ index: Int
  ) {
    self.name = name
    self.attribute = attribute
    record = index
    switch attribute.content {
    case .resident(let range):
      size = UInt64(range.count)
      written = size
    case .clusters(let content):
      size = content.size
      written = content.written
      attributes.withRecord(index) { runs.append($0, content) }
    }
  }
}
