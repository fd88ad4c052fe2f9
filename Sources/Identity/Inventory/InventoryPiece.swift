import Bytes
import Evidence
import Findings
import Profiles

/// Contribution of one finding, or of one record in it, to a product.
struct InventoryPiece {
  let vendor: String?
  /// Product that it names as its own; nil for parts shared by all products.
  let product: String?
  /// Name to use when no product is known to which it belongs.
  let family: String?
  let edition: String?
  let version: String?
  /// Rank of a version as evidence for the product's version: lower is better.
  let versionRank: Int
  let place: SystemPlace
  /// Product folder according to a record of the installation.
  let recordedFolder: String?
  let parent: [UInt8]
  let component: Component?
  let confidence: Confidence
  let itemID: String
  /// Whether it is an existing file of the product, not a record of it.
  let isFile: Bool
  /// Whether it shows that the product is installed.
  let isRecord: Bool
  /// Whether it makes the system start the product.
  let isStart: Bool
  /// Whether it is the engine in another vendor's product.
  let isEmbedded: Bool
  let first: Timestamp?
  let last: Timestamp?

  /// Contribution of a file that matched.
  init(_ finding: Finding, confidence: Confidence, _ names: ProductNames) {
    let claim = finding.attribution
    vendor = claim.vendor
    product = names.ofItsOwn(claim)
    family = names.ofFamily(claim)
    edition = nil
    let isApplication = claim.component == .application || claim.component == .package
    version = claim.productVersion ?? claim.version
    versionRank = isApplication ? 1 : claim.isShared ? 4 : claim.product != nil ? 2 : 3
    place = SystemPlace(finding.locator.filePath, names)
    recordedFolder = nil
    parent = finding.locator.filePath.parent.bytes
    component = claim.component
    self.confidence = confidence
    itemID = finding.itemID
    let isPresent = [nil, .allocated].contains(finding.locator.state)
    let files: [Component?] = [
      .application, .library, .driver, .kernelModule, .installer, .database,
    ]
    isFile = isPresent && files.contains(claim.component)
    isRecord = isPresent && claim.component == .package
    isStart = isPresent && claim.component == .service
    isEmbedded = claim.isEmbedded
    let times = finding.times
    first = [times.created, times.modified].compactMap(\.self).min()
    last = times.modified
  }

  /// Contribution of a record of the system.
  init(_ trace: Trace, in finding: Finding, confidence: Confidence, _ names: ProductNames) {
    vendor = finding.attribution.vendor
    product = trace.product.map(names.canonical)
    family = nil
    edition = trace.edition
    version = trace.version
    versionRank = 0
    place = SystemPlace(finding.locator.filePath, names)
    recordedFolder = trace.folder.flatMap {
      SystemPlace(RawPath($0.replacing("\\", with: "/") + "/file"), names).folder
    }
    parent = finding.locator.filePath.parent.bytes
    component = finding.attribution.component
    self.confidence = confidence
    itemID = finding.itemID
    isFile = false
    let isPresent = [nil, .allocated].contains(finding.locator.state)
    isRecord =
      isPresent && (trace.kind == .installation || trace.kind == .package)
      && trace.isActive != false
    isStart = isPresent && trace.kind == .service && trace.isActive == true
    isEmbedded = false
    first = trace.written
    last = trace.written
  }
}
