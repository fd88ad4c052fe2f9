import Evidence
import Findings
import Profiles
import Testing

@testable import Traces

/// Signatures that turn records of installed software into findings.
@Suite struct TraceSignatureTests {
  private static let profile: VendorProfile = {
    var profile = VendorProfile(name: "Acme", company: "Acme Ltd", rules: "")
    profile.records.sources = [.dpkg: "A7"]
    return profile
  }()

  private func signature(_ kind: RecordKind) -> TraceSignature {
    TraceSignature(kind, Self.profile)
  }

  @Test func eachKindHasOneOfItsOwn() {
    let all = TraceSignature.all(of: Self.profile)
    #expect(all.count == RecordKind.allCases.count && Set(all.map(\.name)).count == all.count)
    #expect(all.allSatisfy { $0.name.hasPrefix("acme_\($0.platform)_") })
    #expect(all.allSatisfy { $0.reason.contains("Acme Ltd") && !$0.reason.contains("Kaspersky") })
    #expect(Set(all.map(\.platform)) == ["windows", "linux", "any"])
  }

  @Test func onlyRecordsOfWhatIsInstalledAreClaimed() {
    let claimed = RecordKind.allCases.filter { signature($0).confidence == .claimed }
    #expect(Set(claimed) == [.registrySoftware, .registryUser, .registryServices, .dpkg, .rpm])
    #expect(RecordKind.allCases.allSatisfy { signature($0).confidence <= .claimed })
  }

  @Test func theSourceIsThatOfTheProfile() {
    #expect(signature(.dpkg).source == "A7" && signature(.rpm).source == "-")
    #expect(signature(.dpkg).name == "acme_linux_package_dpkg")
    #expect(signature(.registryServices).component == .service)
  }

  @Test(arguments: [
    (KnownPlace.softwareHive, RecordKind.registrySoftware), (.userHive, .registryUser),
    (.systemHive, .registryServices), (.dpkgStatus, .dpkg), (.rpmDatabase, .rpm),
    (.rpmBerkeleyDatabase, .rpm), (.rpmNdbDatabase, .rpm), (.databaseLog, .rpm),
    (.prefetch, .prefetch), (.quarantineIndex, .quarantine),
  ])
  func theKindOfARecordIsThatOfItsPlace(_ place: KnownPlace, _ expected: RecordKind) {
    #expect(RecordKind(of: Trace(kind: .package, place: "x"), at: place) == expected)
    #expect(RecordKind(of: Trace(kind: .settings, place: "x"), at: place) == .registrySettings)
  }

  @Test func aPackageThatIsNotActiveWasRemoved() {
    let removed = Trace(kind: .package, place: "x", isActive: false)
    #expect(RecordKind(of: removed, at: .dpkgStatus) == .removedPackage)
    #expect(RecordKind(of: removed, at: .rpmDatabase) == .rpm)
  }

  @Test func theMostCertainSignatureDecides() {
    let traces = [
      Trace(kind: .settings, place: "k"), Trace(kind: .package, place: "p", product: "Shield"),
      Trace(kind: .package, place: "q", product: "Vault", version: "7", isActive: false),
    ]
    let names = TraceSignature.matches(of: traces, at: .softwareHive, Self.profile).map(\.rule)
    #expect(names == ["acme_windows_registry_software", "acme_windows_registry_settings"])
    let found = Attribution(of: traces, at: .softwareHive, Self.profile)
    #expect(found?.rule == names.first && found?.confidence == .claimed)
    #expect(found?.product == "Vault" && found?.productVersion == "7", "it states the most")
    #expect(
      found?.reasons.first?.hasSuffix(": p (Shield); q (Vault, version 7, removed)") == true)
    #expect(Attribution(of: [], at: .softwareHive, Self.profile) == nil)
    let many = (0..<9).map { Trace(kind: .package, place: "p\($0)") }
    let reason = Attribution(of: many, at: .dpkgStatus, Self.profile)?.reasons.first
    #expect(reason?.hasSuffix("p4; and 4 more") == true)
  }
}
