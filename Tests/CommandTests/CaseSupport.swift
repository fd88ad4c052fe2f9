import Foundation
import Glibc
import TestSupport
import Testing

/// Scans that keep a case, and what of their reports two runs must share.
enum CaseScans {
  /// Report of a scan without what differs between two runs of one scan: times, places, chunks, and holes, which a
  /// file system reports otherwise once it has written a file to the disk.
  struct Result: Equatable {
    let findings: [String]
    let problems: [String]
    let products: [String]
    let context: [String]
    let ledger: String
  }

  static let stages = [
    "excluded_by_gate", "excluded_by_sieve", "evaluated_without_scan", "scanned_by_libyara",
  ]
  static let unequal: Set = ["seconds", "custody", "not_entered"]

  /// Reads the lines of a report.
  static func result(_ lines: [String]) throws -> Result {
    var byType: [String: [String]] = [:]
    var ledger = ""
    for line in lines {
      var object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let type = object["type"] as? String ?? ""
      if type == "summary" {
        for key in unequal { object[key] = nil }
        // Which stage answers depends on when a subset of the rules was compiled; how many answers there are does not.
        object["stages"] = stages.reduce(0) { $0 + (object[$1] as? Int ?? 0) }
        for key in stages { object[key] = nil }
        object["media"] = (object["media"] as? [[String: Any]])?.map { medium in
          medium.filter { !$0.key.hasPrefix("chunks_") && $0.key != "known_zeros" }
        }
        ledger = try text(object)
      } else {
        byType[type, default: []].append(try text(object))
      }
    }
    return Result(
      findings: (byType["finding"] ?? []).sorted(), problems: (byType["problem"] ?? []).sorted(),
      products: (byType["product"] ?? []).sorted(), context: (byType["context"] ?? []).sorted(),
      ledger: ledger)
  }

  private static func text(_ object: [String: Any]) throws -> String {
    let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
    return String(decoding: data, as: UTF8.self)
  }

  /// Scans without a case.
  static func plain(_ arguments: [String]) throws -> Result {
    try result(Subprocess.run(Command.path, ["scan", "--format", "jsonl"] + arguments).lines)
  }

  /// Starts a scan with a case, and kills it after some time; returns whether it was still running.
  @discardableResult
  static func kill(_ arguments: [String], case file: String, after seconds: Double) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Command.path)
    process.arguments =
      ["scan", "--format", "jsonl", "--checkpoint", "0.01", "--case", file] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    Thread.sleep(forTimeInterval: seconds)
    let wasRunning = process.isRunning
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return wasRunning
  }

  /// A folder with copies of the fixtures, hard links, and many files that match nothing.
  static func tree(in folder: TemporaryDirectory) throws -> String {
    let root = folder.path + "/tree"
    for copy in 0..<4 {
      try ContainerFixtures.run("mkdir", ["-p", root])
      try ContainerFixtures.run("cp", ["-r", Fixtures.folder, root + "/copy\(copy)"])
    }
    try ContainerFixtures.run("cp", ["-rl", root + "/copy0", root + "/links"])
    for index in 0..<3000 {
      try folder.write("file \(index)", to: "tree/clean/\(index % 50)/file-\(index).txt")
    }
    return root
  }
}

extension Subprocess.Result {
  /// Lines of CSV, which end with CR LF: one `Character`, at which `lines` does not split.
  var rows: [String] { text.split(separator: "\r\n").map(String.init) }
}
