package import Evidence

/// One reading of an archive in this process, for fuzzing.
package struct ArchiveTrial {
  /// Number of members that were listed.
  package private(set) var members = 0
  /// Number of bytes that were read of them.
  package private(set) var bytes = 0
  /// Number of problems.
  package private(set) var problems = 0

  /// Reads up to `limit` bytes of each member of an archive.
  package init(_ kind: ArchiveKind, _ archive: [UInt8], upTo limit: UInt64) {
    if kind == .zip, read(zip: archive, upTo: limit) { return }
    guard kind != .resources else {
      read(program: archive, upTo: limit)
      return
    }
    let source = ArchiveBytes(size: UInt64(archive.count)) { offset, count in
      Array(archive.dropFirst(Int(clamping: offset)).prefix(count))
    }
    do throws(ItemProblem) {
      let pass = try kind.pass(over: source)
      while try pass.next() {
        members += 1
        let member = pass.member(UInt64(members))
        guard member.kind == .file else { continue }
        var count = 0
        let read = pass.read(upTo: limit, isExact: true) { count += $0.count }
        bytes += count
        if read.problem != nil { problems += 1 }
      }
    } catch {
      problems += 1
    }
  }

  /// Reads the resources of a program, as far as it is recognised.
  private mutating func read(program: [UInt8], upTo limit: UInt64) {
    let content = TrialContent(program)
    let head = Array(program.prefix(ArchiveSignature.headSize))
    do throws(ItemProblem) {
      guard try Archives.archive(in: content, head.span.bytes, depth: 0)?.kind == .resources else {
        return
      }
      let reader = try ProgramReader(content)
      let patience = ArchivePatience(deadline: .now + .seconds(60), isCancelled: { false })
      var files = [UInt64]()
      try reader.list(within: patience) { listed in
        members += 1
        if case .member(let member) = listed { files.append(member.index) }
        return true
      }
      try reader.unpack(files, upTo: limit, within: patience) {
        bytes += $1.count
        if $2 != nil { problems += 1 }
        return true
      }
    } catch {
      problems += 1
    }
  }

  /// Reads a ZIP archive; false if it is left to libarchive.
  private mutating func read(zip archive: [UInt8], upTo limit: UInt64) -> Bool {
    let content = TrialContent(archive)
    do throws(ItemProblem) {
      let whole = Archive(kind: .zip, range: 0..<UInt64(archive.count))
      guard let directory = try ZipDirectory(of: whole, in: content) else { return false }
      let reader = ZipReader()
      let patience = ArchivePatience(deadline: .now + .seconds(60), isCancelled: { false })
      var files = [UInt64]()
      try reader.list(
        directory, in: content, within: patience, excludes: { head, _ in head.byteCount % 2 == 1 },
        { listed in
          members += 1
          if case .member(let member) = listed, member.kind == .file { files.append(member.index) }
          return true
        })
      try reader.unpack(files, upTo: limit, of: directory, in: content, within: patience) {
        bytes += $1.count
        if $2 != nil { problems += 1 }
        return true
      }
    } catch {
      problems += 1
    }
    return true
  }
}

/// Bytes in memory that are read as those of a file.
private final class TrialContent: OpenContent {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var facts: ContentFacts { ContentFacts(size: UInt64(bytes.count)) }
  var times: FileTimes { FileTimes() }
  var inode: String? { nil }
  var residence: ContentResidence { .elsewhere }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
  {
    let rest = bytes.dropFirst(Int(clamping: offset)).prefix(buffer.count)
    buffer.copyBytes(from: rest)
    return rest.count
  }
}
