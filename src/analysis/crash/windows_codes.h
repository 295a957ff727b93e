// What the numbers of Windows are called: the tables of schema/windows_codes.tsv, compiled in.
//
// All give an empty text for a number without a name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::crash {

std::string_view NtStatusName(std::uint32_t code);  // "STATUS_IO_DEVICE_ERROR"
std::string_view HresultName(std::uint32_t code);   // "RPC_E_WRONG_THREAD"
std::string_view FastFailName(std::uint32_t code);  // "FAST_FAIL_FATAL_APP_EXIT"

// A number that says by its upper bits what it is: an NTSTATUS, an HRESULT, or an error that another part of
// the system wrapped ("FACILITY_WIN32 / ERROR_OUTOFMEMORY").
std::string SeverityCodeName(std::uint32_t code);

// What RpcRaiseException makes an exception of: "RPC_S_SERVER_UNAVAILABLE".
std::string_view RpcStatusName(std::uint32_t code);

// What GetLastError() gave: "ERROR_ACCESS_DENIED"; "unknown 0x12345678" for a number without a name.
std::string Win32ErrorName(std::uint32_t code);

}  // namespace cairn::crash
