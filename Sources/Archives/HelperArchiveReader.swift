import Bytes
import Evidence
import HelperProcesses

/// Reads archives in a helper process, which is kept for the next archive. libarchive parses hostile bytes in it, so
/// a hang or a crash costs one archive. Nothing that it says is trusted.
final class HelperArchiveReader: ArchiveReader {
  private let command: [RawPath]
  private var link: HelperLink?

  init(_ command: [RawPath]) { self.command = command }

  func list(
    _ archive: Archive, in content: any OpenContent, within limits: ArchivePatience,
    excludes: (RawSpan, UInt64?) -> Bool, _ receive: (ListedMember) -> Bool
  ) throws(ItemProblem) {
    var next: UInt64 = 0
    let request = ArchiveRequest.list(archive.kind, size: UInt64(archive.range.count))
    try exchange(request, archive, content, limits) { reply throws(HelperLink.Failure) in
      guard case .member(let member) = reply, member.index == next,
        member.head.count <= ArchiveHelper.wholeLength
      else { throw .protocolError("unexpected reply") }
      next += 1
      let known = UInt64(member.head.count)
      if member.kind == .file, member.problem == nil,
        excludes(member.head.span.bytes, member.isWhole ? known : member.size)
      {
        return receive(
          .excluded(
            index: member.index, name: member.name, size: member.isWhole ? known : member.size,
            read: known))
      }
      return receive(.member(member))
    }
  }

  func unpack(
    _ members: [UInt64], upTo limit: UInt64, of archive: Archive, in content: any OpenContent,
    within limits: ArchivePatience, _ receive: (UInt64, [UInt8], ItemProblem?) -> Bool
  ) throws(ItemProblem) {
    var rest = members[...]
    var bytes = [UInt8]()
    let request = ArchiveRequest.unpack(
      archive.kind, size: UInt64(archive.range.count), members: members, limit: limit)
    try exchange(request, archive, content, limits) { reply throws(HelperLink.Failure) in
      switch reply {
      case .data(let more):
        guard UInt64(bytes.count + more.count) <= limit else {
          throw .protocolError("more bytes than requested")
        }
        bytes += more
        return true
      case .end(let index, let problem):
        guard rest.popFirst() == index else { throw .protocolError("unexpected member") }
        let member = bytes
        bytes = []
        return receive(index, member, problem)
      default: throw .protocolError("unexpected reply")
      }
    }
  }

  /// Sends a request and passes on its replies, until the last one, or `receive` returns false.
  private func exchange(
    _ request: ArchiveRequest, _ archive: Archive, _ content: any OpenContent,
    _ limits: ArchivePatience,
    _ receive: (ArchiveReply) throws(HelperLink.Failure) -> Bool
  ) throws(ItemProblem) {
    var problem: ItemProblem?
    do throws(HelperLink.Failure) {
      let link = try started()
      // Whatever ends this early leaves a helper that is in the middle of a reply.
      self.link = nil
      try link.send(request.frame)
      try link.flush()
      while true {
        switch try Self.reply(from: link, limits) {
        case .need(let offset, let count):
          try Self.supply(offset, count, archive, content, link, &problem)
        case .done:
          self.link = link
          return
        case .failed(let reason):
          self.link = link
          problem =
            problem
            ?? ItemProblem(reason.reason, "its members cannot be read: \(reason.message)")
          throw .refused(reason.message)
        case let reply: guard try receive(reply) else { return }
        }
      }
    } catch {
      throw problem ?? ItemProblem(error)
    }
  }

  private func started() throws(HelperLink.Failure) -> HelperLink {
    if let link, link.isAlive { return link }
    return try HelperLink(command)
  }

  private static func reply(from link: HelperLink, _ limits: ArchivePatience)
    throws(HelperLink.Failure) -> ArchiveReply
  {
    let left = limits.deadline - ContinuousClock.now
    guard left > .zero else { throw .hung(seconds: 0) }
    let frame = try link.receive(
      .init(seconds: Int(left.components.seconds) + 1, isCancelled: limits.isCancelled))
    guard let reply = try? ArchiveReply(frame) else {
      throw .protocolError("malformed message of kind \(frame.kind)")
    }
    return reply
  }

  private static func supply(
    _ offset: UInt64, _ count: UInt32, _ archive: Archive, _ content: any OpenContent,
    _ link: HelperLink, _ problem: inout ItemProblem?
  ) throws(HelperLink.Failure) {
    let size = UInt64(archive.range.count)
    guard offset < size, count <= ArchiveBytes.blockLength else {
      throw .protocolError("unexpected request for bytes")
    }
    let answer: ArchiveRequest
    do throws(ItemProblem) {
      let count = min(UInt64(count), size - offset)
      answer = .supply(
        try content.bytes(at: archive.range.lowerBound + offset, count: Int(count)))
    } catch {
      problem = error
      answer = .refuse
    }
    try link.send(answer.frame)
    try link.flush()
  }
}

extension ItemProblem {
  /// Translates a failure of a helper into a problem of the archive that it worked on.
  fileprivate init(_ failure: HelperLink.Failure) {
    switch failure {
    case .hung: self.init(.timedOut, "its members took too long; unpack it and scan them")
    case .cancelled: self.init(.interrupted, failure.description)
    default: self.init(.unreadable, "its members cannot be read: \(failure)")
    }
  }
}
