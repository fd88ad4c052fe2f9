import Bytes
import Evidence
import Findings

extension ItemScanner {
  /// Has the files of an item that is a disk image scanned as items; nil if it is none, or is not opened here. It is
  /// recorded after them, like an archive.
  func scanImage(
    in content: any OpenContent, of item: Item, _ archives: ArchiveAccess
  ) throws(ItemProblem) -> ArchiveOutcome? {
    let size = content.facts.size
    guard let images = archives.images(at: item.locator) else { return nil }
    let mayBe = try reader.withHeadAgain(of: content) { images.mayBeImage($0, size: size) }
    guard mayBe == true, try images.isImage(content) else { return nil }
    if let refusal = archives.refusalOfDepth { return .incomplete(refusal) }
    archives.enterImage(size: size)
    var outer = sink
    defer {
      sink = outer.resumed(after: sink, of: content)
      archives.leave()
    }
    let origin = MemberOrigin(
      times: content.times, inode: content.inode, discriminator: item.content.discriminator)
    sink.beginImage()
    let receiver = NestedReceiver(item.locator, origin, archives.patience) { [self] part, size in
      if let problem = archives.countMember() ?? archives.count(bytes: Int(clamping: size)) {
        return problem
      }
      if !sink.isRecorded(part) { scan(part) }
      return nil
    }
    var problem: ItemProblem?
    do throws(ItemProblem) {
      try images.push(content, named: item.locator.path, to: receiver)
    } catch {
      problem = error
    }
    problem = problem ?? receiver.finish()
    sink.endImage()
    for (problem, locator) in receiver.reports { outer.add(report: problem, at: locator) }
    for (kind, count) in receiver.ignored {
      for _ in 0..<count { outer.count(ignored: kind) }
    }
    // Zeros may have stood in for bytes of the image.
    return (problem ?? content.damage).map { .incomplete($0) } ?? .done
  }
}
