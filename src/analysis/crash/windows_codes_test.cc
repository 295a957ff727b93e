#include "analysis/crash/windows_codes.h"

#include <gtest/gtest.h>

namespace cairn::crash {
namespace {

TEST(WindowsCodes, NamesTheFirstAndLastOfEachTable) {
  EXPECT_EQ(NtStatusName(0), "STATUS_SUCCESS");
  EXPECT_EQ(NtStatusName(0xc000000d), "STATUS_INVALID_PARAMETER");
  EXPECT_EQ(FastFailName(0), "FAST_FAIL_LEGACY_GS_VIOLATION");
  EXPECT_EQ(FastFailName(0xffffffff), "FAST_FAIL_INVALID_FAST_FAIL_CODE");
  EXPECT_EQ(HresultName(0x80010108), "RPC_E_DISCONNECTED");
}

TEST(WindowsCodes, NumberWithoutName) {
  EXPECT_EQ(NtStatusName(0xcfffffff), "");
  EXPECT_EQ(FastFailName(15), "");
  EXPECT_EQ(HresultName(0xffffffff), "");
  EXPECT_EQ(SeverityCodeName(0xe0434352), "") << "the CLR's, a number of its own making";
  EXPECT_EQ(SeverityCodeName(5), "") << "no severity: it may be anything";
}

TEST(WindowsCodes, ErrorThatAnotherPartWrapped) {
  EXPECT_EQ(SeverityCodeName(0x8007000e), "FACILITY_WIN32 / ERROR_OUTOFMEMORY");
  EXPECT_EQ(SeverityCodeName(0xc06d007e), "FACILITY_VISUALCPP / ERROR_MOD_NOT_FOUND") << "a missing library";
  EXPECT_EQ(SeverityCodeName(0x80040154), "REGDB_E_CLASSNOTREG");
  EXPECT_EQ(SeverityCodeName(0x80040005), "OLE_E_NOTRUNNING") << "not Win32's error 5";
  EXPECT_EQ(SeverityCodeName(0x80041234), "FACILITY_ITF / 0x00001234");
}

TEST(WindowsCodes, LastErrors) {
  EXPECT_EQ(Win32ErrorName(0), "ERROR_SUCCESS");
  EXPECT_EQ(Win32ErrorName(5), "ERROR_ACCESS_DENIED");
  EXPECT_EQ(Win32ErrorName(997), "ERROR_IO_PENDING");
  EXPECT_EQ(Win32ErrorName(10061), "WSAECONNREFUSED");
  EXPECT_EQ(Win32ErrorName(258), "STATUS_TIMEOUT");
  EXPECT_EQ(Win32ErrorName(0xc0000005), "STATUS_ACCESS_VIOLATION");
  EXPECT_EQ(Win32ErrorName(0x12345678), "unknown 0x12345678");
}

TEST(WindowsCodes, RpcStatus) {
  EXPECT_EQ(RpcStatusName(1722), "RPC_S_SERVER_UNAVAILABLE");
  EXPECT_EQ(RpcStatusName(1753), "EPT_S_NOT_REGISTERED");
  EXPECT_EQ(RpcStatusName(1), "") << "ERROR_INVALID_FUNCTION";
}

}  // namespace
}  // namespace cairn::crash
