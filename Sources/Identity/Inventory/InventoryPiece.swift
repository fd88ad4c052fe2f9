import Bytes
import Evidence
import Findings

/// What one finding, or one record in it, adds to a product.
struct InventoryPiece {
  let vendor: String?
  /// The product that it names as its own; nil for what any product may bring.
  let product: String?
  /// What to call it where no product is known that it belongs to.
  let family: String?
  let edition: String?
  let version: String?
  /// How much a version says of the product: the lower the more.
  let versionRank: Int
  let place: SystemPlace
  /// The product's folder as a record of the installation gives it.
  let recordedFolder: String?
  let parent: [UInt8]
  let component: Component?
  let confidence: Confidence
  let itemID: String
  /// Whether it is a file of the product that is still there, not a record of it.
  let isFile: Bool
  /// Whether it says that the product is installed.
  let isRecord: Bool
  /// Whether it makes the system start the product.
  let isStart: Bool
  /// Whether it is the engine in another vendor's product.
  let isEmbedded: Bool
  let first: Timestamp?
  let last: Timestamp?

  /// What a file that matched adds.
  init(_ finding: Finding, confidence: Confidence) {
    let claim = finding.attribution
    vendor = claim.vendor
    product = ProductName.ofItsOwn(claim)
    family = ProductName.ofFamily(claim)
    edition = nil
    let isApplication = claim.component == .application || claim.component == .package
    version = claim.productVersion ?? claim.version
    versionRank = isApplication ? 1 : claim.isShared ? 4 : claim.product != nil ? 2 : 3
    place = SystemPlace(finding.locator.path)
    recordedFolder = nil
    parent = finding.locator.path.parent.bytes
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

  /// What a record of the system adds.
  init(_ trace: Trace, in finding: Finding, confidence: Confidence) {
    vendor = finding.attribution.vendor
    product = trace.product.map(ProductName.canonical)
    family = nil
    edition = trace.edition
    version = trace.version
    versionRank = 0
    place = SystemPlace(finding.locator.path)
    recordedFolder = trace.folder.flatMap {
      SystemPlace(RawPath($0.replacing("\\", with: "/") + "/file")).folder
    }
    parent = finding.locator.path.parent.bytes
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
