import ArgumentParser
import Bytes
import Catalogue
import Engine
import Findings
import Glibc
import Images
import Profiles
import Reports
import Sieve
import Traces
import Yara

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Checks what this machine offers: libraries, permissions, cache, settings.",
    discussion: """
      Exit status: 0 nothing limits trawl; 1 something does, and the output gives the remedy; 2 the built-in \
      signatures do not compile.
      """)

  func run() throws {
    BrokenPipe.ignoreSignal()
    var table = TextTable(["CHECK", "RESULT", "DETAILS"])
    let rows = Diagnosis.all
    for row in rows {
      table.add([row.name, row.verdict.rawValue, Printable.text(row.text)])
    }
    try Failure.catching { try StandardOutput().write(table.text) }
    if rows.contains(where: { $0.verdict == .broken }) { throw ExitCode(2) }
    if rows.contains(where: { $0.verdict == .limited }) { throw ExitCode(1) }
  }
}

/// One thing that was checked.
private struct Diagnosis {
  enum Verdict: String {
    case ok, note, limited, broken
  }

  let name: String
  let verdict: Verdict
  let text: String

  private init(_ name: String, _ verdict: Verdict, _ text: String) {
    self.name = name
    self.verdict = verdict
    self.text = text
  }

  static var all: [Diagnosis] {
    [Diagnosis("trawl", .ok, Version.current), libyara, prefilter, signatures] + libraries
      + [devices, cache, temporary, configuration]
  }

  private static var libyara: Diagnosis {
    guard let semantics = Library.semantics else {
      return Diagnosis(
        "libyara", .limited,
        "\(Library.version): not a version that the prefilter is proven with; install 4.2.3 or 4.5.2"
      )
    }
    return Diagnosis(
      "libyara", .ok,
      "\(Library.version): the prefilter is proven with the semantics of \(semantics.rawValue)")
  }

  private static var prefilter: Diagnosis {
    if let reason = Sieve.unavailability {
      return Diagnosis("prefilter", .limited, "\(reason): scans take many times longer")
    }
    return Diagnosis("prefilter", .ok, "Hyperscan \(Sieve.libraryVersion ?? "")")
  }

  private static var signatures: Diagnosis {
    do {
      let set = try CurrentSignatures.load().ruleSet(cache: CacheDirectory.ofUser)
      let digest = set.records.first?.sha256 ?? ""
      return Diagnosis(
        "signatures", .ok,
        "\(set.records.first?.name ?? ""), \(set.rules.rules.filter { !$0.isPrivate }.count) rules, SHA-256 \(digest)"
      )
    } catch {
      return Diagnosis("signatures", .broken, "\(error)")
    }
  }

  private static var libraries: [Diagnosis] {
    let versions = ImageLibraries.versions.merging(TraceLibraries.versions) { $1 }
    return versions.sorted { $0.key < $1.key }.map { Diagnosis($0.key, .ok, $0.value) }
  }

  /// Disks that could be scanned, and those that this user may read.
  private static var devices: Diagnosis {
    let names = ((try? RuleFiles.names(in: "/sys/block")) ?? []).filter { name in
      !["loop", "ram", "zram", "dm-", "fd", "sr"].contains { name.hasPrefix($0) }
    }
    let readable = names.filter { access("/dev/\($0)", R_OK) == 0 }
    if names.isEmpty { return Diagnosis("devices", .note, "no disk is visible here") }
    guard readable.count == names.count else {
      return Diagnosis(
        "devices", .limited,
        "\(readable.count) of \(names.count) disks can be read (\(names.joined(separator: ", "))); run as root"
      )
    }
    return Diagnosis("devices", .ok, "can be read: \(names.joined(separator: ", "))")
  }

  private static var cache: Diagnosis {
    guard let cache = CacheDirectory.ofUser else {
      return Diagnosis("cache", .note, "none: neither XDG_CACHE_HOME nor HOME is set")
    }
    var folder = cache.path
    while folder.withCString({ access($0, F_OK) }) != 0, folder.bytes.count > 1 {
      folder = folder.parent
    }
    guard folder.withCString({ access($0, W_OK) }) == 0 else {
      return Diagnosis(
        "cache", .limited, "\(cache.path.shown) cannot be written: rules are compiled for each scan"
      )
    }
    return Diagnosis("cache", .ok, cache.path.shown)
  }

  private static var temporary: Diagnosis {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var status = statvfs()
    guard access(folder, W_OK) == 0, statvfs(folder, &status) == 0 else {
      return Diagnosis(
        "temporary files", .limited, "\(folder) cannot be written: large merges fail; set TMPDIR")
    }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    return Diagnosis("temporary files", .ok, "\(folder), \(free >> 20) MiB free")
  }

  private static var configuration: Diagnosis {
    guard let path = Configuration.path, path.withCString({ access($0, F_OK) }) == 0 else {
      return Diagnosis("configuration", .note, "none")
    }
    return Diagnosis("configuration", .ok, path.shown)
  }
}
