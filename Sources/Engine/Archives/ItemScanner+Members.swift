import Bytes
import Evidence
import Findings
import Sieve

/// Outcome of the archive in an item.
enum ArchiveOutcome {
  /// It is none, or all members have their outcomes.
  case done
  /// The policy leaves archives of this kind.
  case left(ArchiveKind)
  /// Not all of its members have outcomes.
  case incomplete(ItemProblem)
}

extension ItemScanner {
  /// Has the members of an item that is an archive scanned as items. It is recorded after them: one whose members are
  /// not all recorded is done again.
  func scanMembers(of item: Item, _ content: any OpenContent) -> ArchiveOutcome {
    // What follows the end of a file begins anywhere.
    guard let archives, content.facts.size > 0, item.locator.state != .slack,
      !archives.isCancelled()
    else { return .done }
    do throws(ItemProblem) {
      let found = try reader.withHeadAgain(of: content) { head throws(ItemProblem) -> Archive? in
        guard archives.support.mayBeArchive(head, size: content.facts.size) else { return nil }
        return try archives.support.archive(in: content, head)
      }
      guard let found, let archive = found else { return .done }
      guard archives.opens(archive.kind) else { return .left(archive.kind) }
      if let refusal = archives.refusal(of: archive) { return .incomplete(refusal) }
      return scanMembers(of: archive, in: content, of: item, archives).map { .incomplete($0) }
        ?? .done
    } catch {
      return .incomplete(error)
    }
  }

  /// A member that is wanted as a whole.
  private struct Wanted {
    let index: UInt64
    let locator: Locator
  }

  /// Scans the members of an archive in two passes: the first looks at the first bytes of each, the second unpacks
  /// those that these do not exclude. Returns why it is not complete.
  private func scanMembers(
    of archive: Archive, in content: any OpenContent, of item: Item, _ archives: ArchiveAccess
  ) -> ItemProblem? {
    let members = archives.enter(archive, size: content.facts.size)
    var outer = sink
    defer {
      sink = outer.resumed(after: sink, of: content)
      archives.leave()
    }
    let origin = MemberOrigin(
      times: content.times, inode: content.inode, discriminator: item.content.discriminator)
    sink.beginMembers(of: item.locator, origin)
    var wanted = [Wanted]()
    var problem: ItemProblem?
    do throws(ItemProblem) {
      try members.list(
        archive, in: content, within: archives.patience,
        excludes: { isExcluded($0, size: $1, archives) },
        { listed in
          problem = archives.countMember()
          guard problem == nil else { return false }
          switch listed {
          case .excluded(let index, let name, let size, let read):
            problem = archives.count(bytes: Int(clamping: read))
            pass(name, index, size: size ?? read, read: read, origin, item)
          case .member(let member):
            problem = archives.count(bytes: member.head.count)
            if let kind = member.kind.ignored {
              outer.count(ignored: kind)
            } else if scanBeginning(of: member, origin, item, archives) {
              wanted.append(
                Wanted(index: member.index, locator: item.locator.member(member.shownName)))
            }
          }
          return problem == nil
        })
    } catch {
      problem = error
    }
    sink.endMembers()
    // Members before a damaged one are unpacked nevertheless.
    problem = unpack(wanted, of: archive, in: content, origin, members, archives, problem)
    // Zeros may have stood in for bytes of the archive.
    return problem ?? content.damage
  }

  /// Scans a member if its first bytes are enough; returns whether all of it is needed.
  private func scanBeginning(
    of member: ArchiveMember, _ origin: MemberOrigin, _ item: Item, _ archives: ArchiveAccess
  ) -> Bool {
    let known = UInt64(member.head.count)
    let content = MemberContent(
      member.head,
      size: member.isWhole || member.problem != nil ? known : max(member.size ?? 0, known),
      damage: member.problem, index: member.index, of: origin)
    let part = Item(locator: item.locator.member(member.shownName), content: content)
    guard !sink.isRecorded(part) else { return false }
    if member.isWhole || member.problem != nil {
      // What cannot be unpacked is no empty item.
      if let problem = member.problem, member.head.isEmpty {
        record(problem, of: part)
      } else {
        scan(part)
        content.release()
      }
      return false
    }
    if let size = member.size, size > archives.room {
      record(
        ItemProblem(
          .tooLarge,
          "its header states \(size) bytes, and \(archives.room) are left for it in memory; raise the limit"
            + " (--memory), or unpack it"), of: part)
      return false
    }
    return true
  }

  /// Whether no more than the first bytes of a member are needed.
  private func isExcluded(_ head: RawSpan, size: UInt64?, _ archives: ArchiveAccess) -> Bool {
    guard sieve != nil, !sink.verifiesExclusions else { return false }
    return sieve!.excludesAll(beginningWith: head)
      && !archives.support.mayBeArchive(head, size: size ?? .max)
  }

  /// Unpacks and scans members; returns why the archive is not complete.
  private func unpack(
    _ wanted: [Wanted], of archive: Archive, in content: any OpenContent, _ origin: MemberOrigin,
    _ members: any ArchiveReader, _ archives: ArchiveAccess, _ earlier: ItemProblem?
  ) -> ItemProblem? {
    guard !wanted.isEmpty else { return earlier }
    var rest = wanted[...]
    var problem = earlier
    do throws(ItemProblem) {
      try members.unpack(
        wanted.map(\.index), upTo: archives.room, of: archive, in: content,
        within: archives.patience
      ) { index, bytes, damage in
        guard let next = rest.popFirst(), next.index == index else { return false }
        let limit = archives.count(bytes: bytes.count)
        let member = MemberContent(
          bytes, size: UInt64(bytes.count), damage: damage, index: index, of: origin)
        scan(Item(locator: next.locator, content: member))
        member.release()
        problem = problem ?? limit
        return limit == nil
      }
    } catch {
      problem = problem ?? error
    }
    guard !rest.isEmpty else { return problem }
    let cause =
      problem
      ?? ItemProblem(.unreadable, "its archive had it no longer when it was to be unpacked")
    for member in rest {
      let content = MemberContent([], size: 0, damage: nil, index: member.index, of: origin)
      record(cause, of: Item(locator: member.locator, content: content))
    }
    return problem
  }

  /// Records a member that cannot be scanned.
  private func record(_ problem: ItemProblem, of item: Item) {
    guard sink.begin(item, &scanners.options) else { return }
    sink.record(problem, at: item.locator)
  }

  /// Records a member that its first bytes exclude.
  private func pass(
    _ name: [UInt8], _ index: UInt64, size: UInt64, read: UInt64, _ origin: MemberOrigin,
    _ archive: Item
  ) {
    // Few are recorded one by one.
    guard !sink.pass(name, index, size: size, read: read) else { return }
    let content = MemberContent(
      [], size: max(size, read), damage: nil, index: index, of: origin)
    let item = Item(locator: archive.locator.member(nameOrRank(name, index)), content: content)
    guard !sink.isRecorded(item), sink.begin(item, &scanners.options) else { return }
    do throws(ItemProblem) {
      let content = try item.content.open()
      guard try sink.accepts(content, at: item.locator) else { return }
      sink.count(read: read)
      sink.count(.excludedByGate)
      sink.record(sink.nothing(in: content, at: item.locator), at: item.locator)
    } catch {
      sink.record(error, at: item.locator)
    }
  }
}

extension ArchiveMember {
  fileprivate var shownName: [UInt8] { nameOrRank(name, index) }
}

extension ArchiveMember.Kind {
  /// How a member counts that is no item; nil for files.
  fileprivate var ignored: IgnoredKind? {
    switch self {
    case .file: nil
    case .directory: .directories
    case .symbolicLink: .symbolicLinks
    case .hardLink: .hardLinks
    case .special: .specialFiles
    }
  }
}
