import Evidence

/// A volume group as one of its physical volumes describes it: its logical volumes, and where they lie on that one.
/// Source: lvm2, lib/format_text/import_vsn1.c.
struct LvmGroup {
  let name: String
  /// Those that a user sees, in the order of the description.
  let volumes: [LogicalVolume]

  struct LogicalVolume {
    let name: String
    /// Where its bytes lie, in order, counted from the start of the physical volume; empty if it cannot be read.
    let runs: [Range<UInt64>]
    /// Why it cannot be read; nil if it can.
    let problem: ItemProblem?
  }

  /// No volume has so many pieces, nor a group so many volumes.
  private static let maximumCount = 65_536

  /// The group that the physical volume in `volume` belongs to; nil if there is no label. Throws if it cannot be
  /// understood.
  init?(_ volume: VolumeBytes) throws(ImageError) {
    guard let label = try LvmLabel(volume) else { return nil }
    guard let text = try label.description(volume) else {
      throw ImageError(
        "LVM2 physical volume: not read; its description of the volume group is damaged, or on another disk: "
          + Self.remedy, .unsupported)
    }
    try self.init(text, on: label.identifier)
  }

  /// The group that a description describes, seen from the physical volume with an identifier.
  init(_ text: [UInt8], on identifier: [UInt8]) throws(ImageError) {
    guard let group = LvmText.parse(text)?.sections.first,
      let extentSize = group.content.number("extent_size"),
      let own = group.content.section("physical_volumes")?.sections.first(where: {
        Array($0.content.text("id")?.utf8.filter { $0 != UInt8(ascii: "-") } ?? [])
          == identifier
      }),
      let start = own.content.number("pe_start"), let count = own.content.number("pe_count"),
      let extents = LvmExtents(
        disk: own.name, sectors: extentSize, start: start, count: count)
    else {
      throw ImageError(
        "LVM2 physical volume: not read; its description of the volume group makes no sense: "
          + Self.remedy, .unsupported)
    }
    name = group.name
    let listed = group.content.section("logical_volumes")?.sections ?? []
    volumes = listed.prefix(Self.maximumCount).compactMap { listed in
      guard listed.content.values["status"]?.contains(.text("VISIBLE")) ?? false else { return nil }
      return Self.volume(listed.name, listed.content, extents)
    }
  }

  /// What to do about a group that cannot be read.
  static let remedy =
    "activate it (vgchange --activate y) with all of its disks and scan its logical volumes"

  private static func volume(_ name: String, _ content: LvmText.Section, _ extents: LvmExtents)
    -> LogicalVolume
  {
    func unread(_ why: String) -> LogicalVolume {
      LogicalVolume(
        name: name, runs: [],
        problem: ItemProblem(.unsupported, "logical volume: not read; \(why): \(remedy)"))
    }
    guard let count = content.number("segment_count"), count > 0, count <= maximumCount else {
      return unread("its description makes no sense")
    }
    // Not looked for one by one: there may be as many as a stranger likes.
    let segments = Dictionary(
      content.sections.map { ($0.name, $0.content) }, uniquingKeysWith: { first, _ in first })
    var runs = [Range<UInt64>]()
    var next: UInt64 = 0
    for number in 1...count {
      guard let segment = segments["segment\(number)"],
        segment.number("start_extent") == next, let length = segment.number("extent_count"),
        length > 0, length <= extents.count, next + length <= extents.count
      else { return unread("its description makes no sense") }
      let kind = segment.text("type") ?? ""
      guard kind == "striped" || kind == "linear", segment.number("stripe_count") ?? 1 == 1 else {
        return unread(kind == "striped" ? "it is striped" : "it is of the type \(kind)")
      }
      guard let stripes = segment.values["stripes"], stripes.count == 2,
        case .text(let disk) = stripes[0], case .number(let first) = stripes[1]
      else { return unread("its description makes no sense") }
      guard disk == extents.disk else { return unread("part of it is on another disk") }
      guard let run = extents.run(first, count: length) else {
        return unread("its description makes no sense")
      }
      if let last = runs.last, last.upperBound == run.lowerBound {
        runs[runs.count - 1] = last.lowerBound..<run.upperBound
      } else {
        runs.append(run)
      }
      next += length
    }
    return LogicalVolume(name: name, runs: runs, problem: nil)
  }
}

/// The extents of a physical volume as bytes of it.
private struct LvmExtents {
  /// What the description calls the physical volume.
  let disk: String
  private let size: UInt64
  private let start: UInt64
  let count: UInt64

  /// Sizes are in sectors of 512 bytes; nil if they are impossible.
  init?(disk: String, sectors: UInt64, start: UInt64, count: UInt64) {
    guard sectors > 0, sectors <= 1 << 40, start <= 1 << 50, count <= 1 << 40 else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: sectors * 512)
    guard !overflow, bytes <= UInt64(Int64.max) / 2 else { return nil }
    self.disk = disk
    size = sectors * 512
    self.start = start * 512
    self.count = count
  }

  /// So many extents; nil if the physical volume has fewer.
  func run(_ first: UInt64, count wanted: UInt64) -> Range<UInt64>? {
    guard first < count, wanted <= count - first else { return nil }
    return (start + first * size)..<(start + (first + wanted) * size)
  }
}
