import Bytes
import Profiles
import Testing

@testable import Identity

/// The system and the product's folder that a path is in.
@Suite struct SystemPlaceTests {
  private static let names: ProductNames = {
    var names = ProductNames()
    names.folders = [
      .below(["acme"]), .below(["opt", "acme-tools"]), .named(prefix: "acme", suffix: ".app"),
    ]
    names.systemFolders = ["opt": ["acme"]]
    names.pathWord = "acme"
    return names
  }()

  private func place(_ path: String) -> SystemPlace { SystemPlace(RawPath(path), Self.names) }

  private func root(_ path: String) -> String? {
    place(path).root.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    ("/mnt/c/Windows/System32/a.sys", "mnt/c"), ("/mnt/c/PROGRAM FILES/Acme/a.exe", "mnt/c"),
    ("/Windows/a", ""), ("/x/opt/acme/a", "x"), ("/x/var/lib/dpkg/status", "x"),
    ("/x/private/var/db/a", "x"), ("/a/Users/b/Windows/c", "a"),
    ("/x/Library/Extensions/a.kext/a", "x"),
  ])
  func aSystemBeginsWhereItsFoldersAre(_ path: String, _ expected: String) {
    #expect(root(path) == expected)
  }

  @Test(arguments: [
    // Common names without a child that confirms them, and files with the names of folders.
    "/x/opt/other/a", "/x/var/a", "/x/lib/a/b", "/x/Windows", "/x/opt/acme", "", "/", "a",
    "/x/mywindows/a",
  ])
  func otherPathsAreInNoSystem(_ path: String) { #expect(root(path) == nil) }

  @Test(arguments: [
    ("/c/Program Files/Acme/Shield 7/a.exe", "shield 7"), ("/Acme/Agent/x/y/a", "agent"),
    ("/opt/acme-tools/tool/a", "tool"), ("/Applications/Acme Shield.app/a", "acme shield.app"),
  ])
  func aFolderIsBelowTheCompanysOrHasItsName(_ path: String, _ expected: String) {
    #expect(place(path).folder == expected)
  }

  @Test(arguments: [
    "/Program Files/Acme/a.exe", "/acme", "/tools/acme-tools/tool/a", "/Acme Shield.app",
    "/Acme Shield.apple/a", "/Macme/Agent/a",
  ])
  func otherFoldersAreNone(_ path: String) { #expect(place(path).folder == nil) }

  @Test func theFolderIsSoughtInsideTheSystem() {
    // A copy of a machine in a folder of the company is not a product.
    let found = place("/Acme/case 5/Windows/System32/a.sys")
    #expect(found.folder == nil && found.root == Array("Acme/case 5".utf8))
    #expect(place("/Acme/case 5/Windows/Acme/Agent/a").folder == "agent")
  }

  @Test func aPathThatIsNoTextIsRead() {
    let found = SystemPlace(
      RawPath([0x2F, 0xFF, 0x2F] + Array("Windows/Acme/T/a".utf8)), Self.names)
    #expect(found.root == [0xFF] && found.folder == "t")
  }

  @Test func theCheapTestMissesNoFolder() {
    func may(_ path: String, _ names: ProductNames = Self.names) -> Bool {
      SystemPlace.mayBeInFolder(RawPath(path), names)
    }
    #expect(may("/x/ACME/a") && may("acme") && may("/xacme") && may("/aacme"))
    #expect(!may("") && !may("/acm") && !may("/ac/me"))
    // A profile without a word has no folders.
    #expect(!may("/x/acme/a", ProductNames()))
  }
}
