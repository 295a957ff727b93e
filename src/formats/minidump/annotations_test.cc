#include "formats/minidump/annotations.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "formats/minidump/limits.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

class ModuleAnnotations : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, ModuleAnnotations,
                         ::testing::Values(std::endian::little, std::endian::big));

using testing::CrashpadSpec;

DumpForTest DumpOf(std::endian order, CrashpadSpec crashpad) {
  testing::MinidumpBuilder builder(order);
  builder.Module({.base = 0x1000, .size = 0x1000, .name = "first"});
  builder.Module({.base = 0x8000, .size = 0, .name = "empty"});
  builder.Module({.base = 0x4000, .size = 0x1000, .name = "third"});
  builder.StreamFrom(0x43500001, testing::Crashpad(std::move(crashpad)));
  return DumpForTest(builder.Build());
}

TEST_P(ModuleAnnotations, OfAllThreeKindsAreOfTheModuleThatWasKept) {
  DumpForTest dump =
      DumpOf(GetParam(), {.modules = {{2, {"one", "two"}, {{"key", "value"}}, {{"object", "text"}}},
                                      {0, {}, {}, {{"object", "other"}}}}});
  const auto modules = ReadModuleAnnotations(*dump, model::Os::kLinux, dump.diagnostics);
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].module, 1u) << "the dump's third module is the second that counts";
  EXPECT_EQ(modules[0].list, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(modules[0].values, (std::map<std::string, std::string>{{"key", "value"}, {"object", "text"}}));
  EXPECT_EQ(modules[1].module, 0u);
  EXPECT_TRUE(dump.diagnostics.kept().empty());
}

TEST_P(ModuleAnnotations, OfAModuleThatIsNotThereAreNoted) {
  DumpForTest dump =
      DumpOf(GetParam(), {.modules = {{1, {"x"}, {}, {}}, {9, {"x"}, {}, {}}, {2, {"y"}, {}, {}}}});
  EXPECT_EQ(ReadModuleAnnotations(*dump, model::Os::kLinux, dump.diagnostics).size(), 1u);
  EXPECT_EQ(dump.diagnostics.kept().size(), 2u);
}

TEST_P(ModuleAnnotations, AreAmongThoseOfTheProcessButAfterThem) {
  DumpForTest dump = DumpOf(GetParam(), {.dictionary = {{"key", "process"}},
                                         .modules = {{0, {}, {{"key", "module"}, {"own", "1"}}, {}}}});
  const auto annotations = ReadAnnotations(*dump, dump.diagnostics);
  EXPECT_EQ(annotations, (std::map<std::string, std::string>{{"key", "process"}, {"own", "1"}}));
}

TEST_P(ModuleAnnotations, IdsAndAddressMask) {
  const DumpForTest dump =
      DumpOf(GetParam(), {.report_id = 0x11, .client_id = 0, .address_mask = 0xffffffffff});
  const CrashpadIds ids = ReadCrashpadIds(*dump);
  EXPECT_EQ(ids.report_id, "11111111-1111-1111-1111-111111111111");
  EXPECT_EQ(ids.client_id, "") << "all zero";
  EXPECT_EQ(ids.address_mask, 0xffffffffffu);
  EXPECT_FALSE(ReadCrashpadIds(*DumpOf(GetParam(), {.report_id = 1})).address_mask.has_value());
}

// One text may be all annotations of all modules.
TEST(AnnotationsOfOneText, AreBoundedTogether) {
  testing::MinidumpBuilder builder;
  builder.StreamFrom(0x43500001, [](testing::MinidumpBuilder& file, testing::ByteSink& stream) {
    const std::uint32_t text = file.PlaceUtf8(std::string(60000, 'a'));
    testing::ByteSink list;
    list.U32(500);
    for (int i = 0; i < 500; ++i) list.U32(text);
    const auto texts = file.Place(list.bytes());
    const auto info = file.Place(testing::ByteSink().U32(1).U32(texts.size).U32(texts.rva).Zeros(16).bytes());
    testing::ByteSink links;
    links.U32(4000);
    for (std::uint32_t i = 0; i < 4000; ++i) links.U32(i).U32(info.size).U32(info.rva);
    const auto modules = file.Place(links.bytes());
    stream.U32(1).Zeros(32).U64(0).U32(modules.size).U32(modules.rva);
  });
  for (std::uint64_t i = 0; i < 4000; ++i) builder.Module({.base = i << 16, .size = 0x1000, .name = "m"});
  DumpForTest dump(builder.Build());
  std::size_t bytes = 0;
  for (const auto& module : ReadModuleAnnotations(*dump, model::Os::kLinux, dump.diagnostics)) {
    for (const std::string& text : module.list) bytes += text.size();
  }
  EXPECT_LE(bytes, kMaxAnnotationTextBytes);
  EXPECT_GT(bytes, kMaxAnnotationTextBytes / 2);
  EXPECT_EQ(dump.diagnostics.kept().at(0).code, base::Code::kLimitExceeded);
}

}  // namespace
}  // namespace cairn::minidump
