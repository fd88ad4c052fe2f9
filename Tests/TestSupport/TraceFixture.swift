import Foundation
package import Traces

/// Records of installed software as operating systems write them, built by
/// `scripts/trace-fixture`.
package enum TraceFixture {
  /// Folder of the fixture; built when it is missing or older than its sources.
  package static let folder: String = {
    let folder = Fixtures.package + "/.build/trace-fixture"
    let result = try? Subprocess.run(Fixtures.package + "/scripts/trace-fixture", [folder])
    precondition(
      result?.status == 0,
      "scripts/trace-fixture failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()

  /// A file with records, and its known place.
  package struct Sample: Sendable {
    package let name: String
    package let place: KnownPlace

    package init(name: String, place: KnownPlace) {
      self.name = name
      self.place = place
    }

    package var path: String { folder + "/" + name }
    package var bytes: [UInt8] {
      get throws { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
    }
  }

  /// A Windows of one person, a Debian, a Fedora: below `installed`, `left-over` or `near-miss`.
  package static func samples(_ kind: String) -> [Sample] {
    [
      ("Windows/System32/config/SOFTWARE", KnownPlace.softwareHive),
      ("Windows/System32/config/SYSTEM", .systemHive),
      ("Users/anna/NTUSER.DAT", .userHive),
      ("debian/var/lib/dpkg/status", .dpkgStatus),
      ("fedora/var/lib/rpm/rpmdb.sqlite", .rpmDatabase),
    ].map { Sample(name: kind + "/" + $0.0, place: $0.1) }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// A hive with structures that hivex does not write.
  package static let shapes = Sample(name: "shapes/SOFTWARE", place: .softwareHive)

  /// A hive of version 1.3 with a value as long as big data.
  package static let old = Sample(name: "old/SOFTWARE", place: .softwareHive)

  /// rpm's database of `installed`, in the forms that are not SQLite.
  package static let rpmForms = [
    Sample(name: "rpm/berkeley/var/lib/rpm/Packages", place: .rpmBerkeleyDatabase),
    Sample(name: "rpm/other-order/var/lib/rpm/Packages", place: .rpmBerkeleyDatabase),
    Sample(name: "rpm/ndb/var/lib/rpm/Packages.db", place: .rpmNdbDatabase),
  ]

  /// Compressed prefetch files: of a program of the company, of one that loaded its library.
  package static let prefetch = [
    Sample(name: "prefetch/AVP.EXE-A1B2C3D4.pf", place: .prefetch),
    Sample(name: "prefetch/EXPLORER.EXE-D5E97654.pf", place: .prefetch),
  ]

  /// The index of a quarantine; its log has more.
  package static let quarantine = Sample(
    name: "database-logs/quarantine/quarantine.db", place: .quarantineIndex)

  /// All of them.
  package static var samples: [Sample] {
    ["installed", "left-over", "near-miss"].flatMap(samples) + [shapes, old] + rpmForms + prefetch
      + [quarantine]
  }

  /// A database of SQLite with the log beside it, and what SQLite makes of both.
  package struct LoggedDatabase: Sendable {
    package let name: String
    package let place: KnownPlace
    package let kind: RecordLog.Kind

    /// The database without its log.
    package var database: Sample {
      Sample(
        name: "database-logs/\(name)/"
          + (place == .quarantineIndex ? "quarantine.db" : "rpmdb.sqlite"), place: place)
    }
    package var log: [UInt8] {
      get throws { try Sample(name: database.name + kind.rawValue, place: .databaseLog).bytes }
    }
    package var committed: [UInt8] {
      get throws { try Sample(name: "database-logs/\(name)/committed", place: place).bytes }
    }
  }

  /// Databases that were in use, with write-ahead logs.
  package static let loggedDatabases =
    ["grown", "shrunk", "begun-anew", "not-committed"].map {
      LoggedDatabase(name: $0, place: .rpmDatabase, kind: .writeAhead)
    } + [LoggedDatabase(name: "quarantine", place: .quarantineIndex, kind: .writeAhead)]

  /// Databases with rollback journals; the last two have ended.
  package static let restoredDatabases =
    ["removing", "adding", "unsynchronised", "small-pages", "making"].map {
      LoggedDatabase(name: $0, place: .rpmDatabase, kind: .rollback)
    } + [LoggedDatabase(name: "quarantining", place: .quarantineIndex, kind: .rollback)]
    + ["persistent", "of-several"].map {
      LoggedDatabase(name: $0, place: .rpmDatabase, kind: .rollback)
    }

  /// A dirty hive with its transaction logs.
  package struct LoggedHive: Sendable {
    package let name: String

    package init(name: String) { self.name = name }

    package var hive: [UInt8] {
      get throws { try Sample(name: "logged/\(name)/SOFTWARE", place: .softwareHive).bytes }
    }

    /// Its logs that are not empty.
    package var logs: [RecordLog.Kind: [UInt8]] {
      get throws {
        var logs = [RecordLog.Kind: [UInt8]]()
        for kind in RecordLog.Kind.allCases {
          let log = Sample(name: "logged/\(name)/SOFTWARE" + kind.rawValue, place: .softwareHive)
          guard FileManager.default.fileExists(atPath: log.path) else { continue }
          let bytes = try log.bytes
          if !bytes.isEmpty { logs[kind] = bytes }
        }
        return logs
      }
    }
  }

  /// Dirty hives with logs of each form.
  package static let loggedHives = ["entries", "one-log", "base", "bitmap", "single", "stale"]
    .map(LoggedHive.init)

  /// A copy with some bytes changed, most of them near nonzero bytes, and perhaps truncated.
  package static func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<random.number(1...8) where bytes.count > 16 {
      var place = random.number(0...(bytes.count - 9))
      if random.oneIn(4) { place = random.number(0...min(511, bytes.count - 9)) }
      for _ in 0..<200 where bytes[place] == 0 { place = random.number(0...(bytes.count - 9)) }
      switch random.number(0...5) {
      case 0: bytes[place] = UInt8(random.number(0...255))
      case 1: bytes[place] ^= UInt8(1 << random.number(0...7))
      case 2:
        for index in 0..<4 { bytes[place + index] = random.oneIn(2) ? 0xFF : 0x7F }
      case 3:
        // Copy another offset: produces cyclic lists.
        let from = random.number(0...(bytes.count - 9)) & ~3
        for index in 0..<4 { bytes[place & ~3 + index] = bytes[from + index] }
      case 4:
        let from = random.number(0...(bytes.count - 1))
        for index in 0..<min(random.number(8...512), bytes.count - max(place, from)) {
          bytes[place + index] = bytes[from + index]
        }
      default:
        for index in 0..<8 { bytes[place + index] = 0 }
      }
    }
    if random.oneIn(10) { bytes.removeLast(random.number(0...bytes.count)) }
    return bytes
  }
}
