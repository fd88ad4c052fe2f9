import Bytes
import CTrawl

/// Implements `trawl_run_helper_if_requested`.
@_cdecl("trawl_run_helper_if_requested")
public func runHelperIfRequested() { HelperProgram.runIfRequested() }

/// Implements `trawl_helper_path`.
@_cdecl("trawl_helper_path")
public func helperPath() -> UnsafePointer<CChar>? { HelperProgram.path }

/// Implements `trawl_install_fault_handler`.
@_cdecl("trawl_install_fault_handler")
public func installFaultHandler() { FaultGuard.install() }
