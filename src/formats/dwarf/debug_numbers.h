// The numbers of tags, attributes, forms and line operations of DWARF that Cairn reads.
//
// Sources: DWARF 5 sections 7.5 and 7.22; those of GNU as in binutils' include/dwarf2.def. Plain constants:
// the values in a file may be any others.
#pragma once

#include <cstdint>

namespace cairn::dwarf {

namespace tag {
inline constexpr std::uint16_t kClass = 0x02;
inline constexpr std::uint16_t kEnumeration = 0x04;
inline constexpr std::uint16_t kStructure = 0x13;
inline constexpr std::uint16_t kUnion = 0x17;
inline constexpr std::uint16_t kInlinedSubroutine = 0x1d;
inline constexpr std::uint16_t kInterface = 0x38;
inline constexpr std::uint16_t kNamespace = 0x39;
inline constexpr std::uint16_t kModule = 0x1e;
inline constexpr std::uint16_t kSubprogram = 0x2e;
}  // namespace tag

namespace attribute {
inline constexpr std::uint16_t kName = 0x03;
inline constexpr std::uint16_t kStatementList = 0x10;
inline constexpr std::uint16_t kLowPc = 0x11;
inline constexpr std::uint16_t kHighPc = 0x12;
inline constexpr std::uint16_t kLanguage = 0x13;
inline constexpr std::uint16_t kCompilationFolder = 0x1b;
inline constexpr std::uint16_t kAbstractOrigin = 0x31;
inline constexpr std::uint16_t kSpecification = 0x47;
inline constexpr std::uint16_t kRanges = 0x55;
inline constexpr std::uint16_t kCallFile = 0x58;
inline constexpr std::uint16_t kCallLine = 0x59;
inline constexpr std::uint16_t kLinkageName = 0x6e;
inline constexpr std::uint16_t kStringOffsetsBase = 0x72;
inline constexpr std::uint16_t kAddressBase = 0x73;
inline constexpr std::uint16_t kRangeListsBase = 0x74;
inline constexpr std::uint16_t kDwoName = 0x76;
inline constexpr std::uint16_t kMipsLinkageName = 0x2007;  // Of GCC before DWARF 4.
inline constexpr std::uint16_t kGnuDwoName = 0x2130;
inline constexpr std::uint16_t kGnuDwoId = 0x2131;
inline constexpr std::uint16_t kGnuRangesBase = 0x2132;
inline constexpr std::uint16_t kGnuAddressBase = 0x2133;
}  // namespace attribute

namespace form {
inline constexpr std::uint16_t kAddress = 0x01;
inline constexpr std::uint16_t kBlock2 = 0x03;
inline constexpr std::uint16_t kBlock4 = 0x04;
inline constexpr std::uint16_t kData2 = 0x05;
inline constexpr std::uint16_t kData4 = 0x06;
inline constexpr std::uint16_t kData8 = 0x07;
inline constexpr std::uint16_t kString = 0x08;
inline constexpr std::uint16_t kBlock = 0x09;
inline constexpr std::uint16_t kBlock1 = 0x0a;
inline constexpr std::uint16_t kData1 = 0x0b;
inline constexpr std::uint16_t kFlag = 0x0c;
inline constexpr std::uint16_t kSignedData = 0x0d;
inline constexpr std::uint16_t kStringPointer = 0x0e;
inline constexpr std::uint16_t kUnsignedData = 0x0f;
inline constexpr std::uint16_t kReferenceAddress = 0x10;
inline constexpr std::uint16_t kReference1 = 0x11;
inline constexpr std::uint16_t kReference2 = 0x12;
inline constexpr std::uint16_t kReference4 = 0x13;
inline constexpr std::uint16_t kReference8 = 0x14;
inline constexpr std::uint16_t kReferenceUnsigned = 0x15;
inline constexpr std::uint16_t kIndirect = 0x16;
inline constexpr std::uint16_t kSectionOffset = 0x17;
inline constexpr std::uint16_t kExpression = 0x18;
inline constexpr std::uint16_t kFlagPresent = 0x19;
inline constexpr std::uint16_t kStringIndex = 0x1a;
inline constexpr std::uint16_t kAddressIndex = 0x1b;
inline constexpr std::uint16_t kReferenceSupplement4 = 0x1c;
inline constexpr std::uint16_t kStringSupplement = 0x1d;
inline constexpr std::uint16_t kData16 = 0x1e;
inline constexpr std::uint16_t kLineStringPointer = 0x1f;
inline constexpr std::uint16_t kReferenceSignature = 0x20;
inline constexpr std::uint16_t kImplicitConstant = 0x21;
inline constexpr std::uint16_t kLocationListIndex = 0x22;
inline constexpr std::uint16_t kRangeListIndex = 0x23;
inline constexpr std::uint16_t kReferenceSupplement8 = 0x24;
inline constexpr std::uint16_t kStringIndex1 = 0x25;
inline constexpr std::uint16_t kStringIndex2 = 0x26;
inline constexpr std::uint16_t kStringIndex3 = 0x27;
inline constexpr std::uint16_t kStringIndex4 = 0x28;
inline constexpr std::uint16_t kAddressIndex1 = 0x29;
inline constexpr std::uint16_t kAddressIndex2 = 0x2a;
inline constexpr std::uint16_t kAddressIndex3 = 0x2b;
inline constexpr std::uint16_t kAddressIndex4 = 0x2c;
inline constexpr std::uint16_t kGnuAddressIndex = 0x1f01;
inline constexpr std::uint16_t kGnuStringIndex = 0x1f02;
inline constexpr std::uint16_t kGnuReferenceAlternate = 0x1f20;
inline constexpr std::uint16_t kGnuStringAlternate = 0x1f21;
}  // namespace form

namespace unit_type {
inline constexpr std::uint8_t kCompile = 0x01;
inline constexpr std::uint8_t kType = 0x02;
inline constexpr std::uint8_t kPartial = 0x03;
inline constexpr std::uint8_t kSkeleton = 0x04;
inline constexpr std::uint8_t kSplitCompile = 0x05;
inline constexpr std::uint8_t kSplitType = 0x06;
}  // namespace unit_type

namespace range_entry {
inline constexpr std::uint8_t kEnd = 0x00;
inline constexpr std::uint8_t kBaseIndex = 0x01;
inline constexpr std::uint8_t kStartEndIndex = 0x02;
inline constexpr std::uint8_t kStartIndexLength = 0x03;
inline constexpr std::uint8_t kOffsetPair = 0x04;
inline constexpr std::uint8_t kBaseAddress = 0x05;
inline constexpr std::uint8_t kStartEnd = 0x06;
inline constexpr std::uint8_t kStartLength = 0x07;
}  // namespace range_entry

}  // namespace cairn::dwarf
