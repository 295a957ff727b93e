#include "server/registry/registry_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/file.h"

namespace cairn::registry {
namespace {

using ::testing::HasSubstr;

constexpr char kNew[] = R"(annotations:
  - name: AcmeTier
    field: acme_tier
    type: u32
    scope: report
    permission: public
    search: number
    source: application
    description: What the customer paid for.
)";

std::string Add(const std::string& text, Registry& registry) {
  return AddRegistryText("own.yaml", text, registry);
}

std::string Fault(const std::string& text) {
  Registry registry = Registry::BuiltIn();
  return Add(text, registry);
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(RegistryFileTest, ANewRowIsAdded) {
  Registry registry = Registry::BuiltIn();
  EXPECT_EQ(Add(kNew, registry), "");
  ASSERT_NE(registry.FindField("acme_tier"), nullptr);
  EXPECT_EQ(registry.FindField("acme_tier")->type, wire::AnnotationType::kU32);
  EXPECT_EQ(registry.PublicValue("AcmeTier", "3"), "3");
}

TEST(RegistryFileTest, AKnownRowChangesOnlyInWhatIsNamed) {
  Registry registry = Registry::BuiltIn();
  EXPECT_EQ(Add("annotations:\n  - name: Notes\n    permission: public\n"
                "  - name: ProductName\n    scope: report\n    permission: protected\n"
                "fields:\n  - name: topmost_filenames\n    permission: protected\n",
                registry),
            "");
  EXPECT_TRUE(registry.IsPublicField("app_notes"));
  EXPECT_EQ(registry.FindField("app_notes")->search, wire::AnnotationSearch::kText);
  EXPECT_FALSE(registry.IsPublicField("product"));
  EXPECT_FALSE(registry.IsPublicField("topmost_filenames"));
}

TEST(RegistryFileTest, RewritesMayNameFieldsOfTheSameFile) {
  Registry registry = Registry::BuiltIn();
  EXPECT_EQ(Add(std::string("rewrites:\n  - {field: version, when: {acme_tier: ['3']}, append: x}\n") + kNew,
                registry),
            "");
  ASSERT_EQ(registry.rewrites().size(), 1u);
  EXPECT_EQ(registry.rewrites()[0].when.at("acme_tier"), std::vector<std::string>{"3"});
}

TEST(RegistryFileTest, MistakesAreNamedWithFileAndLine) {
  Registry registry = Registry::BuiltIn();
  EXPECT_THAT(AddRegistryFile("/nowhere.yaml", registry), HasSubstr("/nowhere.yaml: "));
  EXPECT_THAT(Fault("annotations: [\n"), HasSubstr("own.yaml:2: is not YAML"));
  EXPECT_THAT(Fault("rows: []\n"), HasSubstr("own.yaml:1: `rows` is no list"));
  EXPECT_THAT(Fault("- a\n"), HasSubstr("own.yaml:1: "));
  EXPECT_THAT(Fault("annotations: 5\n"), HasSubstr("own.yaml:1: `annotations` must be a list"));
  EXPECT_THAT(Fault(Replaced(kNew, "u32", "u16")), HasSubstr("own.yaml:4: `type: u16` is not known"));
  EXPECT_THAT(Fault(Replaced(kNew, "    source: application\n", "")),
              HasSubstr("own.yaml:2: AcmeTier has no `source`"));
  EXPECT_THAT(Fault(Replaced(kNew, "    field: acme_tier\n", "")),
              HasSubstr("own.yaml:2: AcmeTier has no `field`"));
  EXPECT_THAT(Fault(Replaced(kNew, "acme_tier", "signature")), HasSubstr("signature is another row's"));
  EXPECT_THAT(Fault(Replaced(kNew, "search: number", "search: keyword")), HasSubstr("cannot read"));
  EXPECT_THAT(Fault(Replaced(kNew, "scope: report\n    permission: public", "scope: ping")),
              HasSubstr("may not go into a ping"));
  EXPECT_THAT(Fault(std::string(kNew) + "    type: u64\n"), HasSubstr("own.yaml:10: `type` stands twice"));
  EXPECT_THAT(Fault(std::string(kNew) + "    colour: red\n"), HasSubstr("own.yaml:10: `colour` is no key"));
  EXPECT_THAT(Fault("fields:\n  - name: acme\n    permission: public\n"),
              HasSubstr("own.yaml:2: the server makes no"));
  EXPECT_THAT(Fault("rewrites:\n  - {field: uptime, append: x}\n"), HasSubstr("is no text"));
  EXPECT_THAT(Fault("rewrites:\n  - {field: version}\n"), HasSubstr("`replace` or `append`"));
}

TEST(RegistryFileTest, TheProfilesOfThisRepositoryAreRead) {
  const std::string folder = std::string(CAIRN_SOURCE_DIR) + "/schema/profiles/";
  const auto names = os::ListDirectory(folder);
  ASSERT_TRUE(names);
  EXPECT_FALSE(names->empty());
  for (const std::string& name : *names) {
    Registry registry = Registry::BuiltIn();
    EXPECT_EQ(AddRegistryFile(folder + name, registry), "");
  }
}

}  // namespace
}  // namespace cairn::registry
