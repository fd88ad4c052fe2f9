import TestSupport
import Testing

@testable import Containers

/// Members and properties of an AFF4 container.
@Suite struct Aff4VolumeTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func volume(_ text: String = "", _ members: [(name: String, bytes: [UInt8])] = []) throws
    -> Aff4Volume
  {
    let description = "@prefix aff4: <http://aff4.org/Schema#> .\n" + text
    let all = [(name: "information.turtle", bytes: Array(description.utf8))] + members
    return try Aff4Volume(try folder.imageFile(storedZip(all)))
  }

  private static let own = (
    name: "container.description", bytes: Array("aff4://volume\n".utf8)
  )

  @Test func membersHaveTheNamesOfTheirStreams() throws {
    let volume = try volume(
      "",
      [
        Self.own, ("aff4%3A%2F%2Fs/map", [1]), ("relative/idx", [1, 2]), ("other/idx", [1, 2, 3]),
        ("odd%zz%4", [1, 2, 3, 4]),
      ])
    #expect(volume.member("aff4://s/map")?.length == 1)
    #expect(volume.member("aff4%3a//s/map")?.length == 1)
    #expect(volume.member("aff4://volume/relative/idx")?.length == 2)
    #expect(volume.member("aff4://other/idx")?.length == 3)
    #expect(volume.member("odd%zz%4")?.length == 4, "what is no escape stays")
    #expect(volume.member("aff4://volume") == nil && volume.member("") == nil)
    #expect(volume.member("http://other/idx") == nil)
  }

  @Test func streamsOfAnotherVolumeAreElsewhere() throws {
    let text = "<a> aff4:stored <aff4://volume> . <b> aff4:stored <aff4://two> . <c> a aff4:Map ."
    let named = try volume(text, [Self.own])
    #expect(["a", "b", "c"].map(named.isElsewhere) == [false, true, false])
    // Nobody knows the name of a volume that states none.
    #expect(try !volume(text).isElsewhere("b"))
  }

  @Test func numbersAreDecimal() throws {
    let volume = try volume(
      "<s> aff4:size \"12\" ; aff4:chunkSize \"0x20\" ; aff4:chunk_size \"7\" . <t> aff4:size \"-1\" ."
    )
    #expect(volume.number("s", Aff4Schema.size) == 12)
    #expect(volume.number("s", Aff4Schema.chunkSize, Aff4Schema.oldChunkSize) == nil)
    #expect(volume.number("s", Aff4Schema.chunksInSegment, Aff4Schema.oldChunkSize) == 7)
    #expect(
      volume.number("t", Aff4Schema.size) == nil && volume.number("u", Aff4Schema.size) == nil)
  }

  @Test func digestsHaveTheLengthOfTheirKind() throws {
    let md5 = String(repeating: "0aB1", count: 8)
    let volume = try volume(
      """
      <s> aff4:hash "\(md5)"^^aff4:MD5 , "\(md5)"^^aff4:SHA1 , "\(md5)"^^aff4:Blake2b ,
        "\(md5.dropLast())"^^aff4:MD5 , "\(md5.dropLast())g"^^aff4:MD5 , "\(md5)" .
      """)
    let found = volume.digests("s")
    #expect(found.count == 1 && found.first?.algorithm == .md5)
    #expect(volume.digests("t").isEmpty)
  }

  @Test func aContainerWithoutAReadableDescriptionIsDamage() throws {
    for members in [
      [("other", Array("x".utf8))], [("information.turtle", Array("<s> <p> [ ] .".utf8))],
    ] as [[(name: String, bytes: [UInt8])]] {
      #expect(throws: ImageError.self) { try Aff4Volume(try folder.imageFile(storedZip(members))) }
    }
  }
}
