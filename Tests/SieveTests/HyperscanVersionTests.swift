import Testing

@testable import Sieve

@Suite struct HyperscanVersionTests {
  @Test(arguments: ["5.4.0 2023-02-11", "5.4.2 2024-05-01"])
  func aProvenVersionIsAccepted(_ version: String) {
    #expect(Sieve.refusal(ofHyperscan: version) == nil)
  }

  /// Vectorscan has the name and the interface of Hyperscan, and misses matches.
  @Test(arguments: ["5.4.11 2024-10-29", "5.4.3 2021-01-01", "5.40.0 x", "6.0.0", ""])
  func anotherVersionIsRefused(_ version: String) throws {
    let refusal = try #require(Sieve.refusal(ofHyperscan: version))
    #expect(refusal.contains("version \(version)"))
    #expect(refusal.contains("install libhyperscan5"))
  }

  @Test func aMissingLibraryIsSaid() throws {
    #expect(try #require(Sieve.refusal(ofHyperscan: nil)).contains("is not installed"))
  }
}
