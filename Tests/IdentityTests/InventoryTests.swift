import Bytes
import Evidence
import Findings
import Identity
import Testing

@Suite struct InventoryTests {
  private func finding(
    _ path: RawPath, id: String, product: String?, confidence: Confidence?,
    vendor: String? = "Kaspersky", component: Component = .driver, version: String? = nil
  ) -> Finding {
    Finding(
      locator: Locator(evidence: "/e", path: path), itemID: id, matches: [],
      attribution: Attribution(
        rule: "r", confidence: confidence, vendor: vendor, product: product,
        productVersion: version, component: component),
      size: 1, digest: Digest(of: [UInt8]().span.bytes), inode: nil, times: FileTimes())
  }

  @Test func oneLineAProductWithVersionsComponentsAndPlace() {
    var inventory = Inventory()
    inventory.add(
      finding("/w/a/x.sys", id: "1", product: "P", confidence: .claimed, version: "2"))
    inventory.add(finding("/w/b/y.sys", id: "2", product: "P", confidence: .strong, version: "1"))
    inventory.add(
      finding("/w/b/z.exe", id: "3", product: "P", confidence: .claimed, component: .application))
    inventory.add(finding("/q/q.sys", id: "4", product: "Q", confidence: .claimed))
    let products = inventory.products
    #expect(products.map(\.product) == ["P", "Q"])
    #expect(products[0].versions == ["1", "2"])
    #expect(products[0].components == [.driver: 2, .application: 1])
    #expect(products[0].confidence == .strong)
    #expect(products[0].installation == "/w")
    #expect(products[0].itemIDs == ["1", "2", "3"])
    #expect(products[1].installation == "/q")
  }

  @Test func whatLiesInTwoVolumesIsTwoInstallations() {
    var inventory = Inventory()
    for index in 0..<2 {
      var one = finding("/w/x.sys", id: "\(index)", product: "P", confidence: .strong)
      one.locator.volume = Volume(index: index, start: 0, length: 1, type: "ntfs")
      inventory.add(one)
    }
    #expect(Set(inventory.products.map(\.volume?.index)) == [0, 1])
    #expect(inventory.products.map(\.evidence) == ["/e", "/e"])
  }

  @Test func weakFindingsAndRulesWithoutVendorStayOutside() {
    var inventory = Inventory()
    inventory.add(finding("/a", id: "1", product: "P", confidence: .weak))
    inventory.add(finding("/b", id: "2", product: "P", confidence: nil))
    inventory.add(finding("/c", id: "3", product: "P", confidence: .strong, vendor: nil))
    #expect(inventory.products == [])
  }

  @Test func aHardLinkedFileIsOneComponent() {
    var inventory = Inventory()
    inventory.add(finding("/a/1", id: "1", product: "P", confidence: .strong))
    inventory.add(finding("/b/2", id: "1", product: "P", confidence: .strong))
    #expect(inventory.products.map(\.components) == [[.driver: 1]])
    #expect(inventory.products.map(\.installation) == ["/"])
  }

  @Test func foldersWithTheSamePrefixOfANameAreNotCommon() {
    var inventory = Inventory()
    inventory.add(finding("/ab/x", id: "1", product: "P", confidence: .strong))
    inventory.add(finding("/abc/y", id: "2", product: "P", confidence: .strong))
    #expect(inventory.products.map(\.installation) == ["/"])
  }

  @Test func aProductWithoutANameIsSaidToHaveNone() {
    var inventory = Inventory()
    inventory.add(finding("/a", id: "1", product: nil, confidence: .claimed))
    #expect(inventory.products.map(\.product) == ["Kaspersky, product not stated"])
  }
}
