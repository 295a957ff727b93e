#include "server/api/late_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "base/hex.h"
#include "base/parse_json.h"
#include "server/api/public_document.h"

namespace cairn::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const registry::Registry kRegistry = registry::Registry::BuiltIn();

// Whatever stands from 0x100 on is late, with inner inlined at 0x110.
class OneFunction final : public symbolication::ModuleNames {
 public:
  std::string_view code_file() const override { return {}; }
  symbolication::NamedAddresses Name(std::span<const model::ModuleOffset> offsets) const override {
    symbolication::NamedAddresses named;
    for (const model::ModuleOffset offset : offsets) {
      symbolication::NamedAddress& address = named.addresses.emplace_back();
      if (offset.value < 0x100) continue;
      address.function = R"("late")";
      address.rest = offset.value == 0x110 ? R"(,"line":7,"inlines":[{"function":"inner"}])" : "";
      address.function_offset = offset.value - 0x100;
    }
    return named;
  }
};

std::string Frame(std::uint64_t address, std::string_view function = "null", bool missing = true) {
  return R"({"offset":")" + base::ToAddress(address) + R"(","function":)" + std::string(function) +
         R"(,"line":null,"inlines":null,"missing_symbols":)" + (missing ? "true" : "false") +
         R"(,"registers":{"rax":"planted"}})";
}

std::string Module(std::uint64_t base, std::string_view id, bool missing = true) {
  return R"({"base_addr":")" + base::ToAddress(base) + R"(","end_addr":")" + base::ToAddress(base + 0x1000) +
         R"(","debug_file":"libx.so","debug_id":")" + std::string(id) + R"(","loaded_symbols":)" +
         (missing ? "false" : "true") + R"(,"missing_symbols":)" + (missing ? "true" : "false") + "}";
}

std::string Document(std::string_view frames, std::string_view modules) {
  return R"({"kind":"report","json_dump":{"threads":[{"frames":[)" + std::string(frames) +
         R"(]}],"modules":[)" + std::string(modules) + "]}}";
}

class ServerApiLateNames : public ::testing::Test {
 protected:
  // The document as it is shown once symbols of "A0" are there.
  std::string Shown(std::string_view frames, std::string_view modules, bool with_protected = false) {
    const auto shown = RenderDocument(
        Document(frames, modules), kRegistry,
        {.with_protected = with_protected,
         .find_names = [this](const std::string& file,
                              const std::string& id) -> std::shared_ptr<const symbolication::ModuleNames> {
           asked_.push_back(file + "/" + id);
           return id == "A0" ? std::make_shared<OneFunction>() : nullptr;
         }});
    EXPECT_TRUE(shown);
    return *shown;
  }

  std::vector<std::string> asked_;
};

TEST_F(ServerApiLateNames, AFrameThatHadNoSymbolsGetsItsNameAndSaysSo) {
  EXPECT_EQ(
      Shown(Frame(0x5110), Module(0x5000, "A0")),
      R"({"kind":"report","json_dump":{"threads":[{"frames":[{"offset":"0x0000000000005110",)"
      R"("missing_symbols":false,)"
      R"("named_later":true,"function_offset":"0x0000000000000010","function":"late","line":7,)"
      R"("inlines":[{"function":"inner"}]}]}],)"
      R"("modules":[{"base_addr":"0x0000000000005000",)"
      R"("end_addr":"0x0000000000006000","debug_file":"libx.so","debug_id":"A0","missing_symbols":false,)"
      R"("loaded_symbols":true,"named_later":true}]}})");
  EXPECT_THAT(asked_, ElementsAre("libx.so/A0"));
  EXPECT_THAT(Shown(Frame(0x5120), Module(0x5000, "A0")), HasSubstr(R"("function":"late"}]}])"));
}

TEST_F(ServerApiLateNames, WhatIsProtectedIsShownBesideThemToWhoMaySeeIt) {
  const std::string shown = Shown(Frame(0x5110), Module(0x5000, "A0"), true);
  EXPECT_THAT(shown, HasSubstr("planted"));
  EXPECT_THAT(shown, HasSubstr(R"("function":"late")"));
  EXPECT_THAT(Shown(Frame(0x5110), Module(0x5000, "A0")), Not(HasSubstr("planted")));
}

TEST_F(ServerApiLateNames, WhereNothingIsKnownTheDocumentStaysAsItIs) {
  for (const bool with_protected : {false, true}) {
    const std::string shown =
        Shown(Frame(0x5110) + "," + Frame(0x9000), Module(0x5000, "B0"), with_protected);
    EXPECT_THAT(shown, Not(HasSubstr("late"))) << "the symbols are not there";
    EXPECT_THAT(shown, HasSubstr(R"("missing_symbols":true)"));
  }
  // Of an address that the symbols do not know, the module's are there, but no name is.
  const std::string nameless = Shown(Frame(0x5010), Module(0x5000, "A0"));
  EXPECT_THAT(nameless, HasSubstr(R"("function":null,"line":null,"inlines":null,"missing_symbols":false})"));
  asked_.clear();
  EXPECT_THAT(Shown(Frame(0x5110, "\"known\"", false), Module(0x5000, "A0", false)),
              HasSubstr(R"("function":"known")"));
  EXPECT_THAT(Shown(Frame(0x5110, "\"known\""), Module(0x5000, "A0")), HasSubstr(R"("function":"known")"));
  EXPECT_THAT(Shown("7,null,{\"offset\":\"5\"},{\"missing_symbols\":true,\"offset\":\"0xg\"}", "1,{}"),
              HasSubstr("frames"));
  EXPECT_TRUE(asked_.empty()) << "nothing lacks a name";
}

TEST_F(ServerApiLateNames, ModulesAndAddressesAreLimited) {
  std::string frames;
  std::string modules;
  for (std::uint64_t i = 0; i < kMaxLateModules + 5; ++i) {
    frames += (i == 0 ? "" : ",") + Frame(0x10000 * (i + 1) + 0x100);
    modules += (i == 0 ? "" : ",") + Module(0x10000 * (i + 1), "A0");
  }
  (void)Shown(frames, modules);
  EXPECT_EQ(asked_.size(), kMaxLateModules);

  std::string many = Frame(0x5100);
  for (std::size_t i = 1; i < kMaxLateAddresses; ++i) many += "," + Frame(0x5100);
  many += "," + Frame(0x5333);
  const std::string shown = Shown(many, Module(0x5000, "A0"));
  EXPECT_THAT(shown, HasSubstr(R"("offset":"0x0000000000005333","function":null)"));
  EXPECT_THAT(shown, HasSubstr("late"));
}

}  // namespace
}  // namespace cairn::api
