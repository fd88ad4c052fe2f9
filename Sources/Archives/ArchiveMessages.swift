import Evidence
import HelperProcesses

/// Requests of the parent to the helper for archives.
enum ArchiveRequest {
  /// List the members of an archive of `size` bytes.
  case list(ArchiveKind, size: UInt64)
  /// Unpack the members with these ranks, which rise, up to `limit` bytes of each.
  case unpack(ArchiveKind, size: UInt64, members: [UInt64], limit: UInt64)
  /// The bytes that were needed; fewer only at the end.
  case supply([UInt8])
  /// They cannot be read.
  case refuse

  var frame: Frame {
    var writer = WireWriter()
    switch self {
    case .list(let kind, let size):
      writer.write(kind.rawValue)
      writer.write(size)
      return Frame(kind: 1, fields: writer.bytes)
    case .unpack(let kind, let size, let members, let limit):
      writer.write(kind.rawValue)
      writer.write(size)
      writer.write(limit)
      writer.write(UInt32(clamping: members.count))
      // Differences are short.
      var last: UInt64 = 0
      for member in members {
        writer.write(member &- last)
        last = member
      }
      return Frame(kind: 2, fields: writer.bytes)
    case .supply(let bytes): return Frame(kind: 3, fields: bytes)
    case .refuse: return Frame(kind: 4, fields: [])
    }
  }

  init(_ frame: Frame) throws(WireReader.Malformed) {
    var reader = WireReader(frame.fields)
    switch frame.kind {
    case 1: self = .list(try ArchiveKind(&reader), size: try reader.number())
    case 2:
      let kind = try ArchiveKind(&reader)
      let size: UInt64 = try reader.number()
      let limit: UInt64 = try reader.number()
      var members = [UInt64]()
      var last: UInt64 = 0
      for _ in 0..<(try reader.number(UInt32.self)) {
        last &+= try reader.number(UInt64.self)
        members.append(last)
      }
      self = .unpack(kind, size: size, members: members, limit: limit)
    case 3: self = .supply(frame.fields)
    case 4: self = .refuse
    default: throw WireReader.Malformed()
    }
  }
}

extension ArchiveKind {
  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    guard let kind = ArchiveKind(rawValue: try reader.text()) else { throw WireReader.Malformed() }
    self = kind
  }
}

/// Replies of the helper for archives: any number of the others, then `done` or `failed`.
enum ArchiveReply {
  case member(ArchiveMember)
  /// Bytes of the member that is unpacked.
  case data([UInt8])
  /// End of the member with this rank, and the reason why its bytes are not all.
  case end(UInt64, ItemProblem?)
  /// Question for bytes of the archive; the reply goes on behind the answer.
  case need(offset: UInt64, count: UInt32)
  case done
  case failed(ItemProblem)

  var frame: Frame {
    var writer = WireWriter()
    switch self {
    case .member(let member):
      writer.write(member.index)
      writer.write(member.kind.rawValue)
      writer.write(UInt8(member.size == nil ? 0 : 1))
      writer.write(member.size ?? 0)
      writer.write(UInt8(member.isWhole ? 1 : 0))
      member.problem.write(to: &writer)
      writer.write(member.name)
      writer.write(member.head)
      return Frame(kind: 1, fields: writer.bytes)
    case .data(let bytes): return Frame(kind: 2, fields: bytes)
    case .end(let index, let problem):
      writer.write(index)
      problem.write(to: &writer)
      return Frame(kind: 3, fields: writer.bytes)
    case .need(let offset, let count):
      writer.write(offset)
      writer.write(count)
      return Frame(kind: 4, fields: writer.bytes)
    case .done: return Frame(kind: 5, fields: [])
    case .failed(let problem):
      ItemProblem?.some(problem).write(to: &writer)
      return Frame(kind: 6, fields: writer.bytes)
    }
  }

  init(_ frame: Frame) throws(WireReader.Malformed) {
    var reader = WireReader(frame.fields)
    switch frame.kind {
    case 1:
      let index: UInt64 = try reader.number()
      guard let kind = ArchiveMember.Kind(rawValue: try reader.number()) else {
        throw WireReader.Malformed()
      }
      let hasSize = try reader.number(UInt8.self) != 0
      let size: UInt64 = try reader.number()
      let isWhole = try reader.number(UInt8.self) != 0
      let problem = try ItemProblem?(&reader)
      self = .member(
        ArchiveMember(
          index: index, kind: kind, name: try reader.data(), size: hasSize ? size : nil,
          head: try reader.data(), isWhole: isWhole, problem: problem))
    case 2: self = .data(frame.fields)
    case 3: self = .end(try reader.number(), try ItemProblem?(&reader))
    case 4: self = .need(offset: try reader.number(), count: try reader.number())
    case 5: self = .done
    case 6:
      guard let problem = try ItemProblem?(&reader) else { throw WireReader.Malformed() }
      self = .failed(problem)
    default: throw WireReader.Malformed()
    }
  }
}

extension ItemProblem? {
  fileprivate func write(to writer: inout WireWriter) {
    writer.write(self?.reason.rawValue ?? "")
    if let self { writer.write(self.message) }
  }

  /// Reads a problem; only those that an archive can have.
  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    let name = try reader.text()
    guard !name.isEmpty else {
      self = nil
      return
    }
    guard let reason = ItemProblem.Reason(rawValue: name),
      [.encrypted, .unsupported, .unreadable, .tooLarge].contains(reason)
    else { throw WireReader.Malformed() }
    self = ItemProblem(reason, try reader.text())
  }
}
