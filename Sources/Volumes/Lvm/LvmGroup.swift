package import Containers
package import Evidence

/// A volume group as described by one of its physical volumes: its logical volumes, and their
/// extents on that physical volume. Source: lvm2, lib/format_text/import_vsn1.c.
package struct LvmGroup {
  package let name: String
  /// Visible volumes, in the order of the description.
  package let volumes: [LogicalVolume]

  package struct LogicalVolume {
    package let name: String
    /// Byte ranges in order, relative to the start of the physical volume; empty if it cannot be
    /// read.
    package let runs: [Range<UInt64>]
    /// Reason why it cannot be read; nil if it can.
    package let problem: ItemProblem?
  }

  /// Limit of segments in a volume, and of volumes in a group.
  private static let maximumCount = 65_536

  /// Reads the group of the physical volume in `volume`; nil if there is no label. Throws if the
  /// description is not understood.
  package init?(_ volume: VolumeBytes) throws(ImageError) {
    guard let label = try LvmLabel(volume) else { return nil }
    guard let text = try label.description(volume) else {
      throw ImageError(
        "LVM2 physical volume: not parsed; its volume group metadata is damaged or on another disk: "
          + Self.remedy, .unsupported)
    }
    try self.init(text, on: label.identifier)
  }

  /// Reads a group from its description, seen from the physical volume with an identifier.
  package init(_ text: [UInt8], on identifier: [UInt8]) throws(ImageError) {
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
        "LVM2 physical volume: not parsed; its volume group metadata is inconsistent: "
          + Self.remedy, .unsupported)
    }
    name = group.name
    let listed = group.content.section("logical_volumes")?.sections ?? []
    volumes = listed.prefix(Self.maximumCount).compactMap { listed in
      guard listed.content.values["status"]?.contains(.text("VISIBLE")) ?? false else { return nil }
      return Self.volume(listed.name, listed.content, extents)
    }
  }

  /// Remedy for a group that cannot be read.
  static let remedy =
    "activate it (vgchange --activate y) with all of its disks and scan its logical volumes"

  private static func volume(_ name: String, _ content: LvmText.Section, _ extents: LvmExtents)
    -> LogicalVolume
  {
    func unread(_ why: String) -> LogicalVolume {
      LogicalVolume(
        name: name, runs: [],
        problem: ItemProblem(.unsupported, "logical volume: not parsed; \(why): \(remedy)"))
    }
    guard let count = content.number("segment_count"), count > 0, count <= maximumCount else {
      return unread("its metadata is inconsistent")
    }
    // Use a dictionary instead of a linear search: untrusted input may have any number of segments.
    let segments = Dictionary(
      content.sections.map { ($0.name, $0.content) }, uniquingKeysWith: { first, _ in first })
    var runs = [Range<UInt64>]()
    var next: UInt64 = 0
    for number in 1...count {
      guard let segment = segments["segment\(number)"],
        segment.number("start_extent") == next, let length = segment.number("extent_count"),
        length > 0, length <= extents.count, next + length <= extents.count
      else { return unread("its metadata is inconsistent") }
      let kind = segment.text("type") ?? ""
      guard kind == "striped" || kind == "linear", segment.number("stripe_count") ?? 1 == 1 else {
        return unread(kind == "striped" ? "it is striped" : "its type is \(kind)")
      }
      guard let stripes = segment.values["stripes"], stripes.count == 2,
        case .text(let disk) = stripes[0], case .number(let first) = stripes[1]
      else { return unread("its metadata is inconsistent") }
      guard disk == extents.disk else { return unread("part of it is on another disk") }
      guard let run = extents.run(first, count: length) else {
        return unread("its metadata is inconsistent")
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

/// Extents of a physical volume as byte ranges.
private struct LvmExtents {
  /// Name of the physical volume in the description.
  let disk: String
  private let size: UInt64
  private let start: UInt64
  let count: UInt64

  /// Creates extents; sizes are in sectors of 512 bytes. Nil if they are impossible.
  init?(disk: String, sectors: UInt64, start: UInt64, count: UInt64) {
    guard sectors > 0, sectors <= 1 << 40, start <= 1 << 50, count <= 1 << 40 else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: sectors * 512)
    guard !overflow, bytes <= UInt64(Int64.max) / 2 else { return nil }
    self.disk = disk
    size = sectors * 512
    self.start = start * 512
    self.count = count
  }

  /// Byte range of some extents; nil if the physical volume has fewer.
  func run(_ first: UInt64, count wanted: UInt64) -> Range<UInt64>? {
    guard first < count, wanted <= count - first else { return nil }
    return (start + first * size)..<(start + (first + wanted) * size)
  }
}
