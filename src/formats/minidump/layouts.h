// The fields of the structures in minidumps, in the file's order: what DumpPrinter prints streams by.
//
// Sources: minidumpapiset.h, Breakpad's minidump_format.h, Crashpad's minidump_extensions.h.
#pragma once

#include "formats/minidump/dump_printer.h"

namespace cairn::minidump::layouts {

// MINIDUMP_SYSTEM_INFO
inline constexpr Field kSystemInfo[] = {
    {"processor architecture", FieldKind::kHex16},
    {"processor level", FieldKind::kU16},
    {"processor revision", FieldKind::kHex16},
    {"processors", FieldKind::kU8},
    {"product type", FieldKind::kU8},
    {"major version", FieldKind::kU32},
    {"minor version", FieldKind::kU32},
    {"build number", FieldKind::kU32},
    {"platform id", FieldKind::kHex32},
    {"service pack or build", FieldKind::kName},
    {"suite mask", FieldKind::kHex16},
    {"reserved", FieldKind::kHex16},
    {"cpu information", FieldKind::kBytes, 24},
};

// MINIDUMP_MISC_INFO to MINIDUMP_MISC_INFO_5; writers of earlier versions end early
inline constexpr Field kMiscInfo[] = {
    {"size of info", FieldKind::kU32},
    {"flags", FieldKind::kHex32},
    {"process id", FieldKind::kU32},
    {"process create time", FieldKind::kUnixTime},
    {"process user time", FieldKind::kU32},
    {"process kernel time", FieldKind::kU32},
    {"processor max MHz", FieldKind::kU32},
    {"processor current MHz", FieldKind::kU32},
    {"processor MHz limit", FieldKind::kU32},
    {"processor max idle state", FieldKind::kU32},
    {"processor current idle state", FieldKind::kU32},
    {"process integrity level", FieldKind::kHex32},
    {"process execute flags", FieldKind::kHex32},
    {"protected process", FieldKind::kU32},
    {"time zone id", FieldKind::kU32},
    {"time zone bias", FieldKind::kHex32},
    {"standard name", FieldKind::kUtf16, 64},
    {"standard date", FieldKind::kBytes, 16},
    {"standard bias", FieldKind::kHex32},
    {"daylight name", FieldKind::kUtf16, 64},
    {"daylight date", FieldKind::kBytes, 16},
    {"daylight bias", FieldKind::kHex32},
    {"build", FieldKind::kUtf16, 520},
    {"debug build", FieldKind::kUtf16, 80},
    {"xstate size of info", FieldKind::kU32},
    {"xstate context size", FieldKind::kU32},
    {"xstate enabled features", FieldKind::kHex64},
    {"xstate features", FieldKind::kBytes, 512},
    {"process cookie", FieldKind::kHex32},
};

// MINIDUMP_THREAD
inline constexpr Field kThread[] = {
    {"thread id", FieldKind::kHex32},
    {"suspend count", FieldKind::kU32},
    {"priority class", FieldKind::kHex32},
    {"priority", FieldKind::kHex32},
    {"teb", FieldKind::kHex64},
    {"stack", FieldKind::kMemory},
    {"context", FieldKind::kContext},
};

// MINIDUMP_THREAD_EX
inline constexpr Field kThreadEx[] = {
    {"thread id", FieldKind::kHex32},
    {"suspend count", FieldKind::kU32},
    {"priority class", FieldKind::kHex32},
    {"priority", FieldKind::kHex32},
    {"teb", FieldKind::kHex64},
    {"stack", FieldKind::kMemory},
    {"context", FieldKind::kContext},
    {"backing store", FieldKind::kMemory},
};

// MINIDUMP_THREAD_NAME
inline constexpr Field kThreadName[] = {
    {"thread id", FieldKind::kHex32},
    {"name", FieldKind::kWideName},
};

// MINIDUMP_THREAD_INFO
inline constexpr Field kThreadInfo[] = {
    {"thread id", FieldKind::kHex32},          {"dump flags", FieldKind::kHex32},
    {"dump error", FieldKind::kHex32},         {"exit status", FieldKind::kHex32},
    {"create time", FieldKind::kFileTime},     {"exit time", FieldKind::kFileTime},
    {"kernel time (100 ns)", FieldKind::kU64}, {"user time (100 ns)", FieldKind::kU64},
    {"start address", FieldKind::kHex64},      {"affinity", FieldKind::kHex64},
};

// MINIDUMP_MODULE with VS_FIXEDFILEINFO
inline constexpr Field kModule[] = {
    {"base", FieldKind::kHex64},
    {"size", FieldKind::kHex32},
    {"checksum", FieldKind::kHex32},
    {"timestamp", FieldKind::kUnixTime},
    {"name", FieldKind::kName},
    {"signature", FieldKind::kHex32},
    {"structure version", FieldKind::kHex32},
    {"file version high", FieldKind::kHex32},
    {"file version low", FieldKind::kHex32},
    {"product version high", FieldKind::kHex32},
    {"product version low", FieldKind::kHex32},
    {"file flags mask", FieldKind::kHex32},
    {"file flags", FieldKind::kHex32},
    {"file os", FieldKind::kHex32},
    {"file type", FieldKind::kHex32},
    {"file subtype", FieldKind::kHex32},
    {"file date high", FieldKind::kHex32},
    {"file date low", FieldKind::kHex32},
    {"codeview record", FieldKind::kCodeView},
    {"misc record", FieldKind::kLocation},
    {"reserved", FieldKind::kHex64},
    {"reserved", FieldKind::kHex64},
};

// MINIDUMP_UNLOADED_MODULE
inline constexpr Field kUnloadedModule[] = {
    {"base", FieldKind::kHex64},         {"size", FieldKind::kHex32}, {"checksum", FieldKind::kHex32},
    {"timestamp", FieldKind::kUnixTime}, {"name", FieldKind::kName},
};

// MINIDUMP_MEMORY_DESCRIPTOR
inline constexpr Field kMemory[] = {
    {"memory", FieldKind::kMemory},
};

// MINIDUMP_MEMORY_INFO
inline constexpr Field kMemoryInfo[] = {
    {"base", FieldKind::kHex64},
    {"allocation base", FieldKind::kHex64},
    {"allocation protection", FieldKind::kHex32},
    {"alignment", FieldKind::kHex32},
    {"size", FieldKind::kHex64},
    {"state", FieldKind::kHex32},
    {"protection", FieldKind::kHex32},
    {"type", FieldKind::kHex32},
    {"alignment", FieldKind::kHex32},
};

// MINIDUMP_EXCEPTION_STREAM
inline constexpr Field kException[] = {
    {"thread id", FieldKind::kHex32},
    {"alignment", FieldKind::kHex32},
    {"code", FieldKind::kHex32},
    {"flags", FieldKind::kHex32},
    {"exception record", FieldKind::kHex64},
    {"address", FieldKind::kHex64},
    {"parameters", FieldKind::kU32},
    {"alignment", FieldKind::kHex32},
    {"parameter 0", FieldKind::kHex64},
    {"parameter 1", FieldKind::kHex64},
    {"parameter 2", FieldKind::kHex64},
    {"parameter 3", FieldKind::kHex64},
    {"parameter 4", FieldKind::kHex64},
    {"parameter 5", FieldKind::kHex64},
    {"parameter 6", FieldKind::kHex64},
    {"parameter 7", FieldKind::kHex64},
    {"parameter 8", FieldKind::kHex64},
    {"parameter 9", FieldKind::kHex64},
    {"parameter 10", FieldKind::kHex64},
    {"parameter 11", FieldKind::kHex64},
    {"parameter 12", FieldKind::kHex64},
    {"parameter 13", FieldKind::kHex64},
    {"parameter 14", FieldKind::kHex64},
    {"context", FieldKind::kContext},
};

// MINIDUMP_HANDLE_DESCRIPTOR and its version 2
inline constexpr Field kHandle[] = {
    {"handle", FieldKind::kHex64},         {"type", FieldKind::kName},
    {"object", FieldKind::kName},          {"attributes", FieldKind::kHex32},
    {"granted access", FieldKind::kHex32}, {"handle count", FieldKind::kU32},
    {"pointer count", FieldKind::kU32},    {"object information rva", FieldKind::kHex32},
    {"reserved", FieldKind::kHex32},
};

// AVRF_HANDLE_OPERATION, avrfsdk.h, without its stack trace
inline constexpr Field kHandleOperation[] = {
    {"handle", FieldKind::kHex64},  {"process id", FieldKind::kU32}, {"thread id", FieldKind::kU32},
    {"operation", FieldKind::kU32}, {"spare", FieldKind::kU32},
};

// MINIDUMP_SYSTEM_MEMORY_INFO_1
inline constexpr Field kSystemMemory[] = {
    {"revision", FieldKind::kU16},
    {"flags", FieldKind::kHex16},
    {"timer resolution", FieldKind::kU32},
    {"page size", FieldKind::kU32},
    {"physical pages", FieldKind::kU32},
    {"lowest physical page", FieldKind::kHex32},
    {"highest physical page", FieldKind::kHex32},
    {"allocation granularity", FieldKind::kHex32},
    {"lowest user address", FieldKind::kHex64},
    {"highest user address", FieldKind::kHex64},
    {"active processors", FieldKind::kHex64},
    {"processors", FieldKind::kU32},
    {"file cache size", FieldKind::kU64},
    {"file cache peak size", FieldKind::kU64},
    {"file cache page faults", FieldKind::kU32},
    {"file cache minimum working set", FieldKind::kU64},
    {"file cache maximum working set", FieldKind::kU64},
    {"file cache pages with transition", FieldKind::kU64},
    {"file cache peak pages with transition", FieldKind::kU64},
    {"file cache transition repurposes", FieldKind::kU32},
    {"file cache flags", FieldKind::kHex32},
    {"available pages", FieldKind::kU64},
    {"committed pages", FieldKind::kU64},
    {"commit limit pages", FieldKind::kU64},
    {"peak commitment pages", FieldKind::kU64},
    {"idle process time", FieldKind::kU64},
    {"io read bytes", FieldKind::kU64},
    {"io write bytes", FieldKind::kU64},
    {"io other bytes", FieldKind::kU64},
    {"io reads", FieldKind::kU32},
    {"io writes", FieldKind::kU32},
    {"io others", FieldKind::kU32},
    {"available pages (32 bits)", FieldKind::kU32},
    {"committed pages (32 bits)", FieldKind::kU32},
    {"commit limit pages (32 bits)", FieldKind::kU32},
    {"peak commitment pages (32 bits)", FieldKind::kU32},
    {"page faults", FieldKind::kU32},
    {"copies on write", FieldKind::kU32},
    {"transitions", FieldKind::kU32},
    {"cache transitions", FieldKind::kU32},
    {"demand zero faults", FieldKind::kU32},
    {"page reads", FieldKind::kU32},
    {"page read ios", FieldKind::kU32},
    {"cache reads", FieldKind::kU32},
    {"cache ios", FieldKind::kU32},
    {"dirty page writes", FieldKind::kU32},
    {"dirty write ios", FieldKind::kU32},
    {"mapped page writes", FieldKind::kU32},
    {"mapped write ios", FieldKind::kU32},
    {"paged pool pages", FieldKind::kU32},
    {"non-paged pool pages", FieldKind::kU32},
    {"paged pool allocations", FieldKind::kU32},
    {"paged pool frees", FieldKind::kU32},
    {"non-paged pool allocations", FieldKind::kU32},
    {"non-paged pool frees", FieldKind::kU32},
    {"more counters", FieldKind::kBytes, 208},
};

// MINIDUMP_PROCESS_VM_COUNTERS_1
inline constexpr Field kVmCounters1[] = {
    {"revision", FieldKind::kU16},
    {"flags", FieldKind::kHex16},
    {"page faults", FieldKind::kU32},
    {"peak working set", FieldKind::kU64},
    {"working set", FieldKind::kU64},
    {"quota peak paged pool", FieldKind::kU64},
    {"quota paged pool", FieldKind::kU64},
    {"quota peak non-paged pool", FieldKind::kU64},
    {"quota non-paged pool", FieldKind::kU64},
    {"page file", FieldKind::kU64},
    {"peak page file", FieldKind::kU64},
    {"private", FieldKind::kU64},
};

// MINIDUMP_PROCESS_VM_COUNTERS_2
inline constexpr Field kVmCounters2[] = {
    {"revision", FieldKind::kU16},
    {"flags", FieldKind::kHex16},
    {"page faults", FieldKind::kU32},
    {"peak working set", FieldKind::kU64},
    {"working set", FieldKind::kU64},
    {"quota peak paged pool", FieldKind::kU64},
    {"quota paged pool", FieldKind::kU64},
    {"quota peak non-paged pool", FieldKind::kU64},
    {"quota non-paged pool", FieldKind::kU64},
    {"page file", FieldKind::kU64},
    {"peak page file", FieldKind::kU64},
    {"peak virtual size", FieldKind::kU64},
    {"virtual size", FieldKind::kU64},
    {"private", FieldKind::kU64},
    {"private working set", FieldKind::kU64},
    {"shared commit", FieldKind::kU64},
    {"job shared commit", FieldKind::kU64},
    {"job private commit", FieldKind::kU64},
    {"job peak private commit", FieldKind::kU64},
    {"job private commit limit", FieldKind::kU64},
    {"job total commit limit", FieldKind::kU64},
};

// MDRawBreakpadInfo
inline constexpr Field kBreakpadInfo[] = {
    {"validity", FieldKind::kHex32},
    {"dump thread id", FieldKind::kHex32},
    {"requesting thread id", FieldKind::kHex32},
};

// MDRawAssertionInfo
inline constexpr Field kAssertion[] = {
    {"expression", FieldKind::kUtf16, 256},
    {"function", FieldKind::kUtf16, 256},
    {"file", FieldKind::kUtf16, 256},
    {"line", FieldKind::kU32},
    {"type", FieldKind::kU32},
};

// MDRawDebug32 and MDRawDebug64; the link map is elsewhere
inline constexpr Field kDsoDebug[] = {
    {"version", FieldKind::kU32},      {"link map rva", FieldKind::kHex32},
    {"objects", FieldKind::kU32},      {"breakpoint", FieldKind::kWord},
    {"linker base", FieldKind::kWord}, {"dynamic section", FieldKind::kWord},
};

// Elf32_auxv_t and Elf64_auxv_t
inline constexpr Field kAuxiliaryValue[] = {
    {"type", FieldKind::kWord},
    {"value", FieldKind::kWord},
};

// MinidumpCrashpadInfo
inline constexpr Field kCrashpadInfo[] = {
    {"version", FieldKind::kU32},        {"report id", FieldKind::kUuid},
    {"client id", FieldKind::kUuid},     {"simple annotations", FieldKind::kLocation},
    {"modules", FieldKind::kLocation},   {"reserved", FieldKind::kHex32},
    {"address mask", FieldKind::kHex64},
};

// MDRawMacBootargs of Mozilla
inline constexpr Field kMacBootArgs[] = {
    {"stream type", FieldKind::kHex32},
    {"boot arguments", FieldKind::kWideName},
};

// MinidumpSimpleStringDictionaryEntry
inline constexpr Field kDictionaryEntry[] = {
    {"key", FieldKind::kUtf8Name},
    {"value", FieldKind::kUtf8Name},
};

// MinidumpRVAList
inline constexpr Field kListAnnotation[] = {
    {"text", FieldKind::kUtf8Name},
};

// MinidumpAnnotation
inline constexpr Field kAnnotation[] = {
    {"name", FieldKind::kUtf8Name},
    {"type", FieldKind::kHex16},
    {"reserved", FieldKind::kHex16},
    {"value", FieldKind::kUtf8Name},
};

// MINIDUMP_FUNCTION_TABLE_STREAM
inline constexpr Field kFunctionTableHeader[] = {
    {"size of header", FieldKind::kU32},
    {"size of descriptor", FieldKind::kU32},
    {"size of native descriptor", FieldKind::kU32},
    {"size of function entry", FieldKind::kU32},
    {"tables", FieldKind::kU32},
    {"padding", FieldKind::kU32},
};

}  // namespace cairn::minidump::layouts
