import Bytes
import Catalogue
import Evidence
import Findings
import Identity
import Profiles
import Testing

@Suite struct InventoryTests {
  private let names = VendorProfile.kaspersky.products

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
    var inventory = Inventory(names)
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
    var inventory = Inventory(names)
    for index in 0..<2 {
      var one = finding("/w/x.sys", id: "\(index)", product: "P", confidence: .strong)
      one.locator.volume = Volume(index: index, start: 0, length: 1, type: "ntfs")
      inventory.add(one)
    }
    #expect(Set(inventory.products.map(\.volume?.index)) == [0, 1])
    #expect(inventory.products.map(\.evidence) == ["/e", "/e"])
  }

  @Test func weakFindingsAndRulesWithoutVendorStayOutside() {
    var inventory = Inventory(names)
    inventory.add(finding("/a", id: "1", product: "P", confidence: .weak))
    inventory.add(finding("/b", id: "2", product: "P", confidence: nil))
    inventory.add(finding("/c", id: "3", product: "P", confidence: .strong, vendor: nil))
    #expect(inventory.products == [])
  }

  @Test func aHardLinkedFileIsOneComponent() {
    var inventory = Inventory(names)
    inventory.add(finding("/a/1", id: "1", product: "P", confidence: .strong))
    inventory.add(finding("/b/2", id: "1", product: "P", confidence: .strong))
    #expect(inventory.products.map(\.components) == [[.driver: 1]])
    #expect(inventory.products.map(\.installation) == ["/"])
  }

  @Test func foldersWithTheSamePrefixOfANameAreNotCommon() {
    var inventory = Inventory(names)
    inventory.add(finding("/ab/x", id: "1", product: "P", confidence: .strong))
    inventory.add(finding("/abc/y", id: "2", product: "P", confidence: .strong))
    #expect(inventory.products.map(\.installation) == ["/"])
  }

  @Test func aProductWithoutANameIsSaidToHaveNone() {
    var inventory = Inventory(names)
    inventory.add(finding("/a", id: "1", product: nil, confidence: .claimed))
    #expect(inventory.products.map(\.product) == ["Kaspersky, product not stated"])
  }

  private func trace(
    _ path: RawPath, id: String, _ traces: [Trace], component: Component = .registry
  ) -> Finding {
    var finding = finding(path, id: id, product: nil, confidence: .claimed, component: component)
    finding.traces = traces
    return finding
  }

  private let program: RawPath = "/c/Program Files (x86)/Kaspersky Lab/Kaspersky 21.15/avp.exe"

  @Test func whatAnyProductBringsBelongsToTheOnlyOne() {
    var inventory = Inventory(names)
    inventory.add(
      finding(
        program, id: "1", product: "Kaspersky", confidence: .claimed, component: .application,
        version: "21.15"))
    var driver = finding(
      "/c/Windows/System32/drivers/klif.sys", id: "2", product: "Kaspersky drivers",
      confidence: .strong, version: "30.1")
    driver.attribution.isShared = true
    inventory.add(driver)
    inventory.add(
      finding(
        "/c/Windows/System32/drivers/klhk.sys", id: "3", product: "Coretech Delivery",
        confidence: .claimed, version: "30.1"))
    let products = inventory.products
    #expect(products.map(\.product) == ["Kaspersky"])
    #expect(products[0].versions == ["21.15"], "a driver's version is not the product's")
    #expect(products[0].components == [.application: 1, .driver: 2])
    #expect(products[0].installation == program.parent)
    #expect(products[0].state == .files)
  }

  @Test func whatSeveralProductsMayBringHasALineOfItsOwn() {
    var inventory = Inventory(names)
    for (index, name) in ["P", "Q"].enumerated() {
      inventory.add(
        finding(
          RawPath("/c/Program Files/\(name)/a.exe"), id: "\(index)", product: name,
          confidence: .claimed, component: .application))
    }
    for name in ["klif", "klhk"] {
      var driver = finding(
        RawPath("/c/Windows/System32/drivers/\(name).sys"), id: name, product: name,
        confidence: .strong)
      driver.attribution.isShared = true
      inventory.add(driver)
    }
    #expect(
      inventory.products.map(\.product) == ["Kaspersky, shared by several products", "P", "Q"])
    #expect(inventory.products[0].components == [.driver: 2])
  }

  @Test func anotherVendorsProductWithTheEngineIsMarked() {
    var inventory = Inventory(names)
    var engine = finding("/d/bank.apk", id: "1", product: "SDK", confidence: .claimed)
    engine.attribution.isEmbedded = true
    inventory.add(engine)
    #expect(inventory.products.map(\.isEmbedded) == [true])
  }

  @Test func machinesInOneFolderAreToldApart() {
    var inventory = Inventory(names)
    for (index, host) in ["a", "b"].enumerated() {
      let path = RawPath("/case/\(host)/C/Program Files/Kaspersky Lab/X/avp.exe")
      inventory.add(
        finding(path, id: "\(index)", product: "P", confidence: .claimed, component: .application))
    }
    #expect(
      inventory.products.map(\.installation) == [
        "/case/a/C/Program Files/Kaspersky Lab/X", "/case/b/C/Program Files/Kaspersky Lab/X",
      ])
  }

  @Test func recordsTellProductVersionEditionAndState() {
    var inventory = Inventory(names)
    inventory.add(
      finding(
        program, id: "1", product: "Kaspersky Anti-Virus", confidence: .claimed,
        component: .application, version: "21.15.0.1"))
    let written = Timestamp(seconds: 1_600_000_000, nanoseconds: 0)
    inventory.add(
      trace(
        "/c/Windows/System32/config/SOFTWARE", id: "2",
        [
          Trace(
            kind: .installation, place: "HKLM", product: "Kaspersky", edition: "AVP21.15",
            version: "21.15.8.493",
            folder: #"C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15\"#, written: written)
        ]))
    #expect(
      inventory.products.map(\.product) == ["Kaspersky"], "a record names the folder's product")
    #expect(inventory.products[0].versions == ["21.15.8.493"])
    #expect(inventory.products[0].edition == "AVP21.15")
    #expect(inventory.products[0].state == .installed)
    #expect(inventory.products[0].first == written)
    inventory.add(
      trace(
        "/c/Windows/System32/config/SYSTEM", id: "3",
        [
          Trace(kind: .service, place: "AVP21.15", isActive: true),
          Trace(kind: .service, place: "klif", isActive: true),
        ]))
    #expect(inventory.products.map(\.product) == ["Kaspersky"])
    #expect(inventory.products[0].state == .active)
    #expect(inventory.products[0].components == [.application: 1, .registry: 2])
  }

  @Test func recordsAndDeletedFilesAloneAreRemnants() {
    var inventory = Inventory(names)
    inventory.add(
      trace(
        "/c/Windows/System32/config/SOFTWARE", id: "1",
        [Trace(kind: .installation, place: "HKLM", product: "Kaspersky", version: "21.15")]))
    var deleted = finding(
      program, id: "2", product: "Kaspersky", confidence: .claimed, component: .application)
    deleted.locator.state = .deleted
    inventory.add(deleted)
    #expect(inventory.products.map(\.state) == [.remnants])
  }

  @Test func packagesAndFoldersHaveTheProductsName() {
    var inventory = Inventory(names)
    inventory.add(
      trace(
        "/var/lib/dpkg/status", id: "1",
        [
          Trace(kind: .package, place: "kesl", product: "kesl", version: "12.1", isActive: true),
          Trace(
            kind: .package, place: "kesl-gui", product: "kesl-gui", version: "12.1", isActive: true),
        ], component: .package))
    inventory.add(
      finding(
        "/opt/kaspersky/kesl/lib64/libcontainers.so", id: "2", product: nil, confidence: .claimed,
        component: .library))
    #expect(inventory.products.map(\.product) == ["Kaspersky kesl"])
    #expect(inventory.products[0].versions == ["12.1"])
    #expect(inventory.products[0].components == [.package: 1, .library: 1])
  }

  @Test func otherFilesInAProductsFolderAreContextAndNoOthers() {
    var inventory = Inventory(names)
    inventory.add(
      finding(program, id: "1", product: "Kaspersky", confidence: .claimed, component: .application)
    )
    let other = program.parent.appending("openssl.dll")
    for path in [
      other, "/c/Kaspersky/notes.txt", "/opt/kaspersky/kesl/x", "/c/Windows/kaspersky.txt",
    ] {
      let locator = Locator(evidence: "/e", path: path)
      if Inventory.isNoteworthy(locator, names) { inventory.note(clean: locator) }
    }
    #expect(inventory.otherFiles.map(\.locator.path) == [other])
    #expect(inventory.otherFiles.map(\.product) == ["Kaspersky"])
  }
}
