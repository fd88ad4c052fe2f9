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
}
