import Bundles
import Bytes
import Catalogue
import Crypto
import Findings
import Foundation
import Profiles
import TestSupport
import Testing

/// The folder of installed bundles.
@Suite struct BundleStoreTests {
  @Test func theFormerBundleIsKept() throws {
    let folder = try TemporaryDirectory()
    let store = BundleStore(RawPath(folder.path + "/a/b"))
    func held(_ path: RawPath) throws -> String? {
      try BundleStore.bytes(of: path).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(try held(store.current) == nil)
    try store.install(Array("one".utf8))
    #expect(try held(store.current) == "one")
    #expect(try held(store.former) == nil)
    try store.install(Array("two".utf8))
    try store.install(Array("three".utf8))
    #expect(try held(store.current) == "three")
    #expect(try held(store.former) == "two")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a/b").count == 2)
    try store.revert()
    #expect(try held(store.current) == "two")
    try store.revert()
    #expect(try held(store.current) == nil)
    try store.revert()
  }
}
