import Bytes
import Foundation
import TestSupport
import Testing

@testable import Containers

/// Files that an image names: where they are looked for, and how often one is entered.
@Suite struct ImageOpeningTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func places(_ name: String) -> [String] {
    NamedFile.places(of: Array(name.utf8), namedBy: "/case/image.vmdk")
      .map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// An absolute name is that of another machine: only its last part counts.
  @Test(arguments: [
    ("disk.vmdk", ["/case/disk.vmdk"]), ("a/disk", ["/case/a/disk", "/case/disk"]),
    ("../disk", ["/case/../disk", "/case/disk"]), ("/vmfs/x/disk", ["/case/disk"]),
    (#"C:\VMs\disk"#, ["/case/disk"]), (#".\disk"#, ["/case/./disk", "/case/disk"]),
    (#"a\b/c"#, [#"/case/a\b/c"#, "/case/c"]),
  ])
  func namesAreRelativeToTheFileThatNamesThem(_ name: String, _ expected: [String]) {
    #expect(places(name) == expected)
  }

  @Test(arguments: ["", ".", "..", "a/..", "a/.", "a\0b", #"\"#, "/"])
  func namesOfNoFileHaveNoPlace(_ name: String) { #expect(places(name).isEmpty) }

  @Test func namesThatAreTooLongHaveNoPlace() {
    #expect(places(String(repeating: "x", count: 4096)).count == 1)
    #expect(places(String(repeating: "x", count: 4097)).isEmpty)
  }

  @Test func aMissingFileIsNamedWithItsRole() throws {
    let image = folder.raw.appending("image")
    try folder.write("x", to: "there")
    #expect(
      try NamedFile.find(Array("/else/there".utf8), namedBy: image, role: "its parent")
        == folder.raw.appending("there"))
    let error = #expect(throws: ImageError.self) {
      try NamedFile.find(Array("gone".utf8), namedBy: image, role: "its parent")
    }
    #expect(error?.description.contains("its parent gone is missing") == true)
  }

  @Test func aFileIsEnteredOnceUnderAnyName() throws {
    let path = try folder.write("x", to: "a")
    try FileManager.default.linkItem(atPath: path, toPath: folder.path + "/b")
    var opening = ImageOpening(ContainerFormats.all)
    _ = try opening.file(folder.raw.appending("a"))
    for name: RawPath in ["a", "b"] {
      let error = #expect(throws: ImageError.self) {
        try opening.file(folder.raw.appending(name))
      }
      #expect(error?.description.contains("lists it twice") == true)
    }
    #expect(opening.files == [folder.raw.appending("a")])
  }

  @Test func onlyTheFirstFileMayBeADevice() throws {
    var opening = ImageOpening(ContainerFormats.all)
    _ = try? opening.file("/dev/null")
    try folder.write("x", to: "a")
    _ = try opening.file(folder.raw.appending("a"))
    #expect(throws: ImageError.self) { try opening.file("/dev/zero") }
    #expect(throws: ImageError.self) { try opening.file(folder.raw) }
  }

  @Test func aParentIsNoPartOfTheImage() throws {
    try folder.write([1, 2, 3], to: "a")
    try folder.write([4, 5], to: "b")
    // Bytes that look like a container: a raw parent is one whatever they are.
    try folder.write(Array("QFI".utf8) + [0xFB], to: "c")
    var opening = ImageOpening(ContainerFormats.all)
    #expect(try opening.medium(folder.raw.appending("a")).words == "raw")
    #expect(try opening.parent(folder.raw.appending("b")).size == 2)
    #expect(try opening.rawParent(folder.raw.appending("c")).size == 4)
    #expect(opening.files.map(\.lastComponent) == ["a", "b", "c"])
    #expect(opening.parts.map(\.lastComponent) == ["a"])
  }

  @Test func theParentIsTheFileThatFits() throws {
    for (name, byte) in [("image", 0), ("one", 1), ("two", 2)] as [(String, UInt8)] {
      try folder.write([byte], to: name)
    }
    let image = folder.raw.appending("image")
    func parent(_ names: String..., wanted: UInt8) throws(ImageError) -> any Medium {
      var opening = ImageOpening(ContainerFormats.all)
      return try opening.parent(named: names.map { Array($0.utf8) }, by: image) { file in
        (try? file.bytes(at: 0, count: 1)) == [wanted]
      }
    }
    #expect(try parent("one", "two", wanted: 2).bytes(at: 0, count: 1) == [2])
    let other = #expect(throws: ImageError.self) { try parent("one", "gone", wanted: 2) }
    #expect(other?.description.contains("one is another disk") == true)
    let missing = #expect(throws: ImageError.self) { try parent("gone", wanted: 2) }
    #expect(missing?.description.contains("its parent gone is missing") == true)
    let nameless = #expect(throws: ImageError.self) { try parent(wanted: 2) }
    #expect(nameless?.description.contains("(without a name)") == true)
  }
}
