#include "testing/minidump_forms.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace cairn::testing {
namespace {

using enum Meaning;

constexpr FieldForm kCount32[] = {{0, 4, kCount}};
// MINIDUMP_THREAD
constexpr FieldForm kThread[] = {{0, 4, kNumber}, {4, 4, kNumber}, {16, 8, kAddress}, {24, 8, kAddress},
                                 {32, 4, kSize},  {36, 4, kRva},   {40, 4, kSize},    {44, 4, kRva}};
// MINIDUMP_MODULE
constexpr FieldForm kModule[] = {{0, 8, kAddress}, {8, 4, kSize}, {16, 4, kNumber}, {20, 4, kText},
                                 {76, 4, kSize},   {80, 4, kRva}, {84, 4, kSize},   {88, 4, kRva}};
// MINIDUMP_MEMORY_DESCRIPTOR
constexpr FieldForm kMemory[] = {{0, 8, kAddress}, {8, 4, kSize}, {12, 4, kRva}};
// MINIDUMP_EXCEPTION_STREAM, with the first two parameters.
constexpr FieldForm kException[] = {{0, 4, kNumber},   {8, 4, kNumber}, {12, 4, kNumber},
                                    {24, 8, kAddress}, {32, 4, kCount}, {40, 8, kNumber},
                                    {48, 8, kAddress}, {160, 4, kSize}, {164, 4, kRva}};
// MINIDUMP_SYSTEM_INFO
constexpr FieldForm kSystem[] = {{0, 2, kNumber},  {2, 2, kNumber}, {6, 1, kCount},  {8, 4, kNumber},
                                 {20, 4, kNumber}, {24, 4, kText},  {32, 4, kNumber}};
// MINIDUMP_MEMORY64_LIST, MINIDUMP_MEMORY_DESCRIPTOR64
constexpr FieldForm kMemory64Head[] = {{0, 8, kCount}, {8, 8, kRva}};
constexpr FieldForm kMemory64[] = {{0, 8, kAddress}, {8, 8, kSize}};
// MINIDUMP_HANDLE_DATA_STREAM, MINIDUMP_HANDLE_DESCRIPTOR_2
constexpr FieldForm kSizesAndCount[] = {{0, 4, kSize}, {4, 4, kSize}, {8, 4, kCount}};
constexpr FieldForm kHandle[] = {{0, 8, kNumber}, {8, 4, kText}, {12, 4, kText}, {32, 4, kRva}};
// MINIDUMP_FUNCTION_TABLE_STREAM, MINIDUMP_FUNCTION_TABLE_DESCRIPTOR
constexpr FieldForm kTableHead[] = {{0, 4, kSize},  {4, 4, kSize},   {8, 4, kSize},
                                    {12, 4, kSize}, {16, 4, kCount}, {20, 4, kSize}};
constexpr FieldForm kTable[] = {
    {0, 8, kAddress}, {8, 8, kAddress}, {16, 8, kAddress}, {24, 4, kCount}, {28, 4, kSize}};
// MINIDUMP_UNLOADED_MODULE
constexpr FieldForm kUnloaded[] = {{0, 8, kAddress}, {8, 4, kSize}, {16, 4, kNumber}, {20, 4, kText}};
// MINIDUMP_MISC_INFO
constexpr FieldForm kMisc[] = {{0, 4, kSize}, {4, 4, kNumber}, {8, 4, kNumber}, {12, 4, kNumber}};
// MINIDUMP_MEMORY_INFO_LIST, MINIDUMP_MEMORY_INFO
constexpr FieldForm kSizesAndCount64[] = {{0, 4, kSize}, {4, 4, kSize}, {8, 8, kCount}};
constexpr FieldForm kRegion[] = {{0, 8, kAddress}, {8, 8, kAddress}, {24, 8, kSize},
                                 {32, 4, kNumber}, {36, 4, kNumber}, {40, 4, kNumber}};
// MINIDUMP_THREAD_INFO
constexpr FieldForm kThreadInfo[] = {{0, 4, kNumber}, {4, 4, kNumber}, {48, 8, kAddress}};
// MINIDUMP_THREAD_NAME
constexpr FieldForm kThreadName[] = {{0, 4, kNumber}, {4, 8, kText}};
// Crashpad's MinidumpCrashpadInfo, and Breakpad's MDRawBreakpadInfo.
constexpr FieldForm kCrashpad[] = {
    {0, 4, kNumber}, {36, 4, kSize}, {40, 4, kRva}, {44, 4, kSize}, {48, 4, kRva}};
constexpr FieldForm kBreakpad[] = {{0, 4, kNumber}, {4, 4, kNumber}, {8, 4, kNumber}};
// Breakpad's MDRawMacCrashInfo: places of records stand in its head.
constexpr FieldForm kMacInfo[] = {
    {0, 4, kNumber}, {4, 4, kCount}, {8, 4, kSize}, {12, 4, kSize}, {16, 4, kRva}};

constexpr std::span<const FieldForm> kNone;

constexpr StreamForm kForms[] = {
    {3, 4, kCount32, 48, kThread},
    {4, 4, kCount32, 108, kModule},
    {5, 4, kCount32, 16, kMemory},
    {6, 168, kException, 0, kNone},
    {7, 56, kSystem, 0, kNone},
    {9, 16, kMemory64Head, 16, kMemory64},
    {12, 16, kSizesAndCount, 40, kHandle},
    {13, 24, kTableHead, 32, kTable},
    {14, 12, kSizesAndCount, 24, kUnloaded},
    {15, 24, kMisc, 0, kNone},
    {16, 16, kSizesAndCount64, 48, kRegion},
    {17, 12, kSizesAndCount, 64, kThreadInfo},
    {24, 4, kCount32, 12, kThreadName},
    {0x43500001, 52, kCrashpad, 0, kNone},
    {0x47670001, 12, kBreakpad, 0, kNone},
    {0x4d7a0001, 20, kMacInfo, 0, kNone},
};

// Those of kForms, and those of which no form is told: comments, texts of Linux, Mozilla's.
constexpr std::uint32_t kTypes[] = {3,          4,          5,          6,          7,          8,
                                    9,          10,         11,         12,         13,         14,
                                    15,         16,         17,         18,         21,         22,
                                    24,         0x43500001, 0x47670001, 0x47670002, 0x47670003, 0x47670004,
                                    0x47670005, 0x47670006, 0x47670007, 0x47670008, 0x47670009, 0x4767000a,
                                    0x4d7a0001, 0x4d7a0002, 0x4d7a0003, 0x4d7a0004, 0x12345678};

}  // namespace

const StreamForm* FormOfStream(std::uint32_t type) {
  const auto* const form = std::ranges::find(kForms, type, &StreamForm::type);
  return form == std::end(kForms) ? nullptr : form;
}

std::span<const std::uint32_t> KnownStreamTypes() { return kTypes; }

}  // namespace cairn::testing
