import Foundation
import TestSupport
import Testing

/// Archives with very many members cost bounded memory, and a line where a limit bites. `TRAWL_MEMBERS`, a million in
/// `scripts/nightly`, is their number.
@Suite(.serialized) struct MemberCountTests {
  /// The default of `ArchiveLimits.members`.
  private static let limit = 500_000

  @Test(arguments: ["zip", "tar"]) func manyMembersAreCountedOrSaid(_ kind: String) throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["TRAWL_MEMBERS"].flatMap(Int.init) ?? 20_000
    let folder = try TemporaryDirectory()
    let file = folder.path + "/many." + kind
    try ContainerFixtures.run(
      "python3", [Fixtures.package + "/Tests/Fixtures/archives/members.py", "\(count)", file])
    // The greatest memory of the scan and of its helpers, by the kernel's account of ended processes.
    let measured = try Subprocess.run(
      "python3",
      [
        "-c",
        """
        import resource, subprocess, sys
        status = subprocess.run(sys.argv[1:]).returncode
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime, file=sys.stderr)
        sys.exit(status)
        """, Command.path, "scan", "--format", "jsonl", "--archives", "all", file,
      ])
    let summary = try #require(try OutputRecord.all(in: measured.lines).last)
    let figures = measured.errors.split(separator: "\n").last?.split(separator: " ") ?? []
    let memory = try #require(figures.first.flatMap { Int($0) })
    print("\(count) members of a \(kind): \(memory) KiB, \(figures.last ?? "") s of processors")
    #expect(memory < 500 << 10)
    let problems = try OutputRecord.all(in: measured.lines).ofType("problem")
    if count <= Self.limit {
      #expect(measured.status == 0 && summary.complete == true)
      #expect(summary.items?["clean"] == count + 1)
    } else {
      #expect(measured.status == 3 && summary.complete == false)
      #expect(summary.items?["clean"] == Self.limit)
      #expect(problems.map(\.reason) == ["too_large"])
      #expect(problems.first?.path == file)
      #expect(problems.first?.message?.contains("\(Self.limit) members") == true)
    }
  }
}
