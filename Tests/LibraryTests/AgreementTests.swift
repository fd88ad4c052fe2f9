import CTrawl
import LibTrawl
import Testing

/// Each function is declared in trawl.h and implemented in Swift, and no compiler compares the two by
/// itself: here both must have one type.
@Suite struct AgreementTests {
  private func agree<Function>(_ declared: Function, _ implemented: Function) -> Bool { true }

  @Test func errorsAgree() {
    #expect(agree(trawl_version, version))
    #expect(agree(trawl_libyara_version, libyaraVersion))
    #expect(agree(trawl_error_status, errorStatus))
    #expect(agree(trawl_error_message, errorMessage))
    #expect(agree(trawl_error_libyara_code, errorLibyaraCode))
    #expect(agree(trawl_error_diagnostics, errorDiagnostics))
    #expect(agree(trawl_error_free, errorFree))
  }

  @Test func compilersAgree() {
    #expect(agree(trawl_compiler_create, compilerCreate))
    #expect(agree(trawl_compiler_add_text, compilerAddText))
    #expect(agree(trawl_compiler_add_file, compilerAddFile))
    #expect(agree(trawl_compiler_define_integer, compilerDefineInteger))
    #expect(agree(trawl_compiler_define_float, compilerDefineFloat))
    #expect(agree(trawl_compiler_define_boolean, compilerDefineBoolean))
    #expect(agree(trawl_compiler_define_string, compilerDefineString))
    #expect(agree(trawl_compiler_disable_includes, compilerDisableIncludes))
    #expect(agree(trawl_compiler_set_include, compilerSetInclude))
    #expect(agree(trawl_compiler_warn_of_escapes, compilerWarnOfEscapes))
    #expect(agree(trawl_compiler_allow_nothing, compilerAllowNothing))
    #expect(agree(trawl_compiler_set_cache, compilerSetCache))
    #expect(agree(trawl_compiler_build, compilerBuild))
    #expect(agree(trawl_compiler_free, compilerFree))
  }

  @Test func enginesAgree() {
    #expect(agree(trawl_engine_create_builtin, engineCreateBuiltIn))
    #expect(agree(trawl_engine_create_compiled, engineCreateCompiled))
    #expect(agree(trawl_engine_save, engineSave))
    #expect(agree(trawl_engine_retain, engineRetain))
    #expect(agree(trawl_engine_release, engineRelease))
    #expect(agree(trawl_engine_rules, engineRules))
    #expect(agree(trawl_engine_warnings, engineWarnings))
    #expect(agree(trawl_engine_without_prefilter, engineWithoutPrefilter))
  }

  @Test func recordsAgree() {
    #expect(agree(trawl_record_type, recordType))
    #expect(agree(trawl_record_finding, recordFinding))
    #expect(agree(trawl_record_problem, recordProblem))
    #expect(agree(trawl_record_product, recordProduct))
    #expect(agree(trawl_record_context, recordContext))
    #expect(agree(trawl_record_summary, recordSummary))
    #expect(agree(trawl_record_json, recordJSON))
    #expect(agree(trawl_record_retain, recordRetain))
    #expect(agree(trawl_record_release, recordRelease))
  }

  @Test func scannersAgree() {
    #expect(agree(trawl_scanner_create, scannerCreate))
    #expect(agree(trawl_scanner_scan_memory, scannerScanMemory))
    #expect(agree(trawl_scanner_scan_file, scannerScanFile))
    #expect(agree(trawl_scanner_scan_descriptor, scannerScanDescriptor))
    #expect(agree(trawl_scanner_scan_reader, scannerScanReader))
    #expect(agree(trawl_scanner_cancel, scannerCancel))
    #expect(agree(trawl_scanner_ledger, scannerLedger))
    #expect(agree(trawl_scanner_free, scannerFree))
    #expect(agree(trawl_result_outcome, resultOutcome))
    #expect(agree(trawl_result_record_count, resultRecordCount))
    #expect(agree(trawl_result_record, resultRecord))
    #expect(agree(trawl_result_free, resultFree))
  }

  @Test func matchersAgree() {
    #expect(agree(trawl_matcher_create, matcherCreate))
    #expect(agree(trawl_matcher_define_integer, matcherDefineInteger))
    #expect(agree(trawl_matcher_define_float, matcherDefineFloat))
    #expect(agree(trawl_matcher_define_boolean, matcherDefineBoolean))
    #expect(agree(trawl_matcher_define_string, matcherDefineString))
    #expect(agree(trawl_matcher_set_module_data, matcherSetModuleData))
    #expect(agree(trawl_matcher_match_memory, matcherMatchMemory))
    #expect(agree(trawl_matcher_match_file, matcherMatchFile))
    #expect(agree(trawl_matcher_match_reader, matcherMatchReader))
    #expect(agree(trawl_matcher_match_process, matcherMatchProcess))
    #expect(agree(trawl_matcher_cancel, matcherCancel))
    #expect(agree(trawl_matcher_free, matcherFree))
    #expect(agree(trawl_matches_events, matchesEvents))
    #expect(agree(trawl_matches_free, matchesFree))
    #expect(agree(trawl_libyara_configure, libyaraConfigure))
    #expect(agree(trawl_libyara_modules, libyaraModules))
  }

  @Test func scansAgree() {
    #expect(agree(trawl_scan_create, scanCreate))
    #expect(agree(trawl_scan_add_path, scanAddPath))
    #expect(agree(trawl_scan_add_descriptor, scanAddDescriptor))
    #expect(agree(trawl_scan_add_memory, scanAddMemory))
    #expect(agree(trawl_scan_add_reader, scanAddReader))
    #expect(agree(trawl_scan_add_medium, scanAddMedium))
    #expect(agree(trawl_scan_set_progress, scanSetProgress))
    #expect(agree(trawl_scan_run, scanRun))
    #expect(agree(trawl_scan_cancel, scanCancel))
    #expect(agree(trawl_scan_progress, scanProgress))
    #expect(agree(trawl_scan_free, scanFree))
  }

  @Test func theProcessAgrees() {
    #expect(agree(trawl_run_helper_if_requested, runHelperIfRequested))
    #expect(agree(trawl_helper_path, helperPath))
    #expect(agree(trawl_install_fault_handler, installFaultHandler))
  }
}
