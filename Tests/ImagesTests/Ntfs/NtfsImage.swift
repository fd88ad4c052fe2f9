import Bytes
import Containers
import Evidence
import Foundation
import Locks
import TestSupport
import Testing

@testable import FileSystems

/// An NTFS volume made by mkntfs and libntfs-3g, and the statements of other tools about it:
/// ntfs-3g's library (`ntfsfill`), ntfsinfo, and The Sleuth Kit.
///
/// `packed/text` is compressed: two runs for each compression unit, more than one entry holds.
/// `many` has 61 small streams in further entries, and a large one. Both have attribute lists.
struct NtfsImage {
  let folder: TemporaryDirectory
  let path: String
  /// Content of `many` and of the file in `ordner`: resident, across the end of a sector.
  let small: [UInt8]

  static let name = "ключ-🔑-ä.txt"

  private static let made = Result { try NtfsImage() }

  /// The volume, made once.
  static func shared() throws -> NtfsImage { try made.get() }

  private init() throws {
    folder = try TemporaryDirectory()
    path = folder.path + "/volume"
    let script = """
      set -e; export PATH=$PATH:/usr/sbin:/sbin; cd "$1"
      gcc -O1 -Wall -o fill "$2" -lntfs-3g
      truncate -s 16M volume
      mkntfs -F -Q -q -L V -c 512 volume 2>/dev/null
      for ((i = 0; i < 300; i++)); do
        head -c $((i * 37 % 8000 + 100)) fill | tr '\\0' x; head -c $((i % 3 * 5000)) /dev/zero
      done > text
      { head -c 600 fill | tr '\\0' y; } > small
      {
        printf 'mkdir\\tpacked\\ncompress\\tpacked\\ncp\\ttext\\tpacked/text\\ncp\\tsmall\\tmany\\n'
        for ((i = 1; i <= 60; i++)); do printf 'cp\\tsmall\\tmany:s%d\\n' $i; done
        printf 'cp\\ttext\\tmany:large\\nmkdir\\tordner\\ncp\\tsmall\\tordner/\(Self.name)\\n'
      } | ./fill volume
      """
    let source = Fixtures.package + "/Tests/Fixtures/images/ntfsfill.c"
    let result = try Subprocess.run("bash", ["-c", script, "bash", folder.path, source])
    try #require(result.status == 0, "\(result.errors)")
    small = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/small")))
  }

  /// The reader of the volume's bytes.
  func medium() throws -> any Medium { try OpenedImage(RawPath(path)).medium }

  func geometry() throws -> NtfsGeometry { try #require(try NtfsGeometry(try medium(), at: 0)) }

  func table() throws -> NtfsTable { try NtfsTable(try medium(), try geometry()) }

  /// Attributes of an entry, with those in its attribute list.
  func attributes(of entry: UInt64, _ table: NtfsTable) throws -> NtfsAttributes {
    var record = [UInt8](repeating: 0, count: table.geometry.recordSize)
    try #require(try table.read(entry, into: &record) == .whole)
    var attributes = NtfsAttributes()
    attributes.add(record, entry: entry)
    while try attributes.addListed(table, of: entry) {}
    return attributes
  }

  /// libntfs-3g locks a volume, and tests share one.
  private static let turn = Locked(())

  /// Output of a command of `ntfsfill`, without its first word: libntfs-3g's view.
  func asked(_ command: String) throws -> [String] {
    let result = try Self.turn.withLock { _ in
      try Subprocess.run(
        "bash", ["-c", "printf '%s\\n' \"$1\" | ./fill volume", "bash", command], in: folder.path)
    }
    try #require(result.status == 0, "\(result.errors)")
    return result.lines.map { String($0.drop { $0 != "\t" }.dropFirst()) }
  }

  /// Number of the entry of a file, according to libntfs-3g.
  func entry(of file: String) throws -> UInt64 {
    let answer = try #require(try asked("entry\t\(file)").first)
    return try #require(answer.split(separator: "\t").last.flatMap { UInt64($0) })
  }

  /// Lines of `istat` about an entry.
  func istat(_ entry: UInt64) throws -> [String] {
    try Subprocess.run("istat", ["-f", "ntfs", path, "\(entry)"]).lines
  }
}
