import CTrawl
import Foundation
import TestSupport
import Testing

/// Scans: files, directories and images, on threads of their own.
@Suite struct ScanTests {
  @Test func aDirectoryIsScannedAsTheCommandScansIt() throws {
    let folder = try TemporaryDirectory()
    for number in 0..<50 {
      _ = try folder.write(number % 10 == 0 ? "a needle" : "hay", to: "file\(number)")
    }
    let scan = try Host.scan(Host.needles())
    try Host.call { trawl_scan_add_path(scan, folder.path, Int32(TRAWL_AUTO), $0) }
    let delivery = Delivery()
    try delivery.run(scan)
    #expect(delivery.matched.count == 5 && delivery.ledger.seen == 50)
    #expect(delivery.isComplete && delivery.problems.isEmpty)

    let rules = try folder.write(
      #"rule needle : tag { strings: $a = "needle" condition: $a }"#, to: "needle.yar")
    let command = try Subprocess.run(
      Fixtures.package + "/.build/debug/trawl",
      ["scan", "--format", "jsonl", "--signatures", rules, "--exclude", "*.yar", folder.path])
    // All but the summary, which has times.
    #expect(Set(command.lines.dropLast()) == Set(delivery.lines.dropLast()))
    #expect(delivery.lines.last?.contains(#""type":"summary""#) == true)
  }

  @Test func aMissingTargetIsAProblem() throws {
    let scan = try Host.scan(Host.needles())
    try Host.call { trawl_scan_add_path(scan, "/no/such/file", Int32(TRAWL_AUTO), $0) }
    let delivery = Delivery()
    try delivery.run(scan)
    #expect(delivery.problems == ["/no/such/file": "missing"])
    #expect(!delivery.isComplete)
  }

  @Test func aDescriptorMayBeClosedAtOnce() throws {
    let folder = try TemporaryDirectory()
    let file = try folder.write("a needle", to: "file")
    let scan = try Host.scan(Host.needles())
    let descriptor = open(file, O_RDONLY)
    try Host.call { trawl_scan_add_descriptor(scan, "opened", descriptor, $0) }
    close(descriptor)
    let delivery = Delivery()
    try delivery.run(scan)
    #expect(delivery.matched == ["opened"])
    let other = try Host.scan(Host.needles())
    defer { trawl_scan_free(other) }
    #expect(throws: Host.CallError.self) {
      try Host.call { trawl_scan_add_descriptor(other, "closed", descriptor, $0) }
    }
  }

  @Test func anImageIsScannedWithAHelper() throws {
    let image = ImageFixture.disk
    var options = Host.options
    let helper = Fixtures.package + "/.build/debug/trawl-helper"
    let delivery = Delivery()
    try helper.withCString { helper in
      options.helper = helper
      var engine: OpaquePointer?
      try Host.call { trawl_engine_create_builtin(&engine, $0) }
      let scan = try Host.scan(try #require(engine), options)
      try Host.call { trawl_scan_add_path(scan, image, Int32(TRAWL_AUTO), $0) }
      try delivery.run(scan)
    }
    #expect(delivery.matched.count > 3, "\(delivery.matched)")
    let command = try Subprocess.run(
      Fixtures.package + "/.build/debug/trawl", ["scan", "--format", "jsonl", image])
    #expect(Set(command.lines.dropLast()) == Set(delivery.lines.dropLast()))
  }

  @Test func anImageNeedsAHelper() throws {
    guard trawl_helper_path() == nil else { return }
    let scan = try Host.scan(Host.needles())
    defer { trawl_scan_free(scan) }
    let folder = try TemporaryDirectory()
    let file = try folder.write("no image", to: "file")
    let error = #expect(throws: Host.CallError.self) {
      try Host.call { trawl_scan_add_path(scan, file, Int32(TRAWL_IMAGE), $0) }
    }
    #expect(error.map { Int($0.status) } == TRAWL_NO_HELPER)
  }

  @Test func aCallbackStopsAScan() throws {
    let scan = try Host.scan(Host.needles())
    for number in 0..<100 {
      try Host.call { trawl_scan_add_memory(scan, "item\(number)", "needle", 6, nil, nil, $0) }
    }
    let delivery = Delivery()
    delivery.answer = 1
    let error = #expect(throws: Host.CallError.self) { try delivery.run(scan) }
    #expect(error.map { Int($0.status) } == TRAWL_STOPPED)
    #expect(delivery.lines.count == 1)
  }

  @Test func aScanIsCancelledInItsCallback() throws {
    let scan = try Host.scan(Host.needles())
    for number in 0..<100 {
      try Host.call { trawl_scan_add_memory(scan, "item\(number)", "needle", 6, nil, nil, $0) }
    }
    let delivery = Delivery()
    delivery.onRecord = { trawl_scan_cancel(scan) }
    let error = #expect(throws: Host.CallError.self) { try delivery.run(scan) }
    #expect(error.map { Int($0.status) } == TRAWL_CANCELLED)
    #expect(delivery.lines.last?.contains(#""interrupted":true"#) == true)
  }

  @Test func aScanThatWasCancelledBeforeFindsNothing() throws {
    let scan = try Host.scan(Host.needles())
    try Host.call { trawl_scan_add_memory(scan, "item", "needle", 6, nil, nil, $0) }
    trawl_scan_cancel(scan)
    let delivery = Delivery()
    #expect(throws: Host.CallError.self) { try delivery.run(scan) }
    #expect(delivery.matched.isEmpty && !delivery.isComplete)
  }

  @Test func aScanRunsOnce() throws {
    let scan = try Host.scan(Host.needles())
    defer { trawl_scan_free(scan) }
    try Host.call { trawl_scan_run(scan, { _, _ in 0 }, nil, $0) }
    for call in [
      { trawl_scan_run(scan, { _, _ in 0 }, nil, $0) },
      { trawl_scan_add_path(scan, "/", 0, $0) },
    ] as [(UnsafeMutablePointer<OpaquePointer?>) -> trawl_status] {
      let error = #expect(throws: Host.CallError.self) { try Host.call(call) }
      #expect(error.map { Int($0.status) } == TRAWL_ALREADY_RUN)
    }
  }

  @Test func progressIsReported() throws {
    let scan = try Host.scan(Host.needles())
    try Host.call { trawl_scan_add_memory(scan, "item", "needle", 6, nil, nil, $0) }
    // The scan waits in its record callback until the progress arrives, which stops it.
    let arrived = DispatchSemaphore(value: 0)
    try Host.call {
      trawl_scan_set_progress(
        scan,
        { progress, user in
          guard progress!.pointee.findings == 1 else { return 0 }
          Unmanaged<DispatchSemaphore>.fromOpaque(user!).takeUnretainedValue().signal()
          return 1
        }, Unmanaged.passUnretained(arrived).toOpaque(), 10, $0)
    }
    let delivery = Delivery()
    var waits = true
    delivery.onRecord = {
      if waits { arrived.wait() }
      waits = false
    }
    let error = #expect(throws: Host.CallError.self) { try delivery.run(scan) }
    #expect(error.map { Int($0.status) } == TRAWL_STOPPED)
    withExtendedLifetime(arrived) {}
  }
}
