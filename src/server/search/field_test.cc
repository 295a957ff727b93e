#include "server/search/field.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cairn::search {
namespace {

TEST(ServerSearchField, EveryFieldIsFoundByItsNameAndItsId) {
  for (const Field& field : Fields()) {
    EXPECT_EQ(FindField(field.name), &field) << field.name;
    EXPECT_EQ(&FieldOf(field.id), &field) << field.name;
    EXPECT_FALSE(field.description.empty()) << field.name;
  }
}

TEST(ServerSearchField, SearchableAnnotationsAreFieldsUnderSuperSearchsNames) {
  for (const auto& [annotation, name] : std::initializer_list<std::pair<const char*, const char*>>{
           {"MozCrashReason", "moz_crash_reason"},
           {"OOMAllocationSize", "oom_allocation_size"},
           {"JSLargeAllocationFailure", "js_large_allocation_failure"},
           {"LinuxLSBDescription", "linux_lsb_description"},
           {"UptimeTS", "uptime_ts"},
           {"ipc_channel_error", "ipc_channel_error"}}) {
    const Field* const field = FindAnnotationField(annotation);
    ASSERT_NE(field, nullptr) << annotation;
    EXPECT_EQ(field->name, name);
  }
  EXPECT_EQ(FindAnnotationField("ProductName"), nullptr) << "the server's own fact";
  EXPECT_EQ(FindAnnotationField("Email"), nullptr) << "not searched";
  EXPECT_EQ(FindAnnotationField("Unheard"), nullptr);
}

TEST(ServerSearchField, ARegistryMakesFieldsOfWhatItCallsSearchable) {
  using wire::AnnotationSearch;
  using wire::AnnotationType;
  const std::vector<RegistryField> of_registry = {
      {"AcmeTier", "acme_tier", AnnotationType::kU32, AnnotationSearch::kNumber, "What was paid.", false},
      {"AcmeShare", "acme_share", AnnotationType::kF64, AnnotationSearch::kNumber, "A share.", false},
      {"AcmePlan", "acme_plan", AnnotationType::kString, AnnotationSearch::kKeyword, "The plan."},
      {"", "acme_parts", AnnotationType::kObject, AnnotationSearch::kKeyword, "The parts.", false},
      {"Unsearched", "unsearched", AnnotationType::kString, AnnotationSearch::kNone, "Not searched.", false},
      {"Trick", "signature", AnnotationType::kString, AnnotationSearch::kText, "The server's own.", false}};
  const std::vector<Field> fields = MakeFields(of_registry);
  constexpr auto kFirst = static_cast<std::size_t>(FieldId::kFirstOfRegistry);
  ASSERT_EQ(fields.size(), kFirst + 4);
  std::string found;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(fields[i].id), i);
    EXPECT_EQ(fields[i].processed.empty(), i < kFirst);
    EXPECT_EQ(fields[i].is_protected, fields[i].name == "acme_plan") << "default deny: " << fields[i].name;
    if (i >= kFirst) found += fields[i].annotation + "=" + fields[i].name + " ";
  }
  EXPECT_EQ(found, "AcmeTier=acme_tier AcmeShare=acme_share AcmePlan=acme_plan =acme_parts ");
  EXPECT_EQ(fields[kFirst].type, FieldType::kInteger);
  EXPECT_EQ(fields[kFirst + 1].type, FieldType::kNumber);
  EXPECT_EQ(fields[kFirst + 2].type, FieldType::kKeyword);
  EXPECT_EQ(fields[kFirst + 3].type, FieldType::kNames);
}

TEST(ServerSearchField, NamesOfFieldsAreNamesOfColumnsAndComeOnce) {
  std::set<std::string> names;
  for (const Field& field : Fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_EQ(field.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos)
        << field.name;
  }
}

TEST(ServerSearchField, ProtectedFieldsSayThatTheyAre) {
  for (const char* const name : {"user_comments", "url", "app_notes", "moz_crash_reason_raw"}) {
    ASSERT_NE(FindField(name), nullptr) << name;
    EXPECT_TRUE(FindField(name)->is_protected) << name;
  }
  for (const char* const name : {"signature", "moz_crash_reason", "uptime", "addons"}) {
    ASSERT_NE(FindField(name), nullptr) << name;
    EXPECT_FALSE(FindField(name)->is_protected) << name;
  }
}

TEST(ServerSearchField, FieldsOfTheProcessedCrashAreSearchedUnderSuperSearchsNames) {
  const Field* const version = FindField("platform_pretty_version");
  ASSERT_NE(version, nullptr);
  EXPECT_EQ(version->processed, "os_pretty_version");
  EXPECT_EQ(FindField("os_pretty_version"), nullptr);
  EXPECT_EQ(FindField("uptime")->type, FieldType::kInteger);
  EXPECT_EQ(FindField("addons")->type, FieldType::kNames);
}

TEST(ServerSearchField, NamesAreKeptApart) {
  const Field& addons = *FindField("addons");
  const Value value = AnnotationValue(addons, R"(["a:1","b c:2","",3,"d\ne"])");
  EXPECT_EQ(value, Value("\na:1\nb c:2\nd e\n"));
  EXPECT_EQ(SplitNames(std::get<std::string>(value)), (std::vector<std::string>{"a:1", "b c:2", "d e"}));
  for (const char* const text : {"", "a", "[]", "{}", "[3]", "[\"\"]"}) {
    EXPECT_EQ(AnnotationValue(addons, text), Value()) << text;
  }
  EXPECT_TRUE(SplitNames("").empty());
  const std::vector<std::string> many(kMaxSearchedBytes / 4, "name");
  EXPECT_LE(std::get<std::string>(JoinNames(many)).size(), kMaxSearchedBytes + 1);
}

TEST(ServerSearchField, ValuesAreReadByTheirTypeAndOthersAreAbsent) {
  const auto value = [](const char* name, std::string_view text) {
    return AnnotationValue(*FindField(name), text);
  };
  EXPECT_EQ(value("oom_allocation_size", "4096"), Value(std::int64_t{4096}));
  for (const char* const text : {"", "x", "1x", " 1", "18446744073709551615"}) {
    EXPECT_EQ(value("oom_allocation_size", text), Value()) << text;
  }
  EXPECT_EQ(value("uptime_ts", "2.5"), Value(2.5));
  EXPECT_EQ(value("uptime_ts", "nan"), Value());
  EXPECT_EQ(value("uptime_ts", "inf"), Value());
  EXPECT_EQ(value("startup_crash", "1"), Value(std::int64_t{1}));
  EXPECT_EQ(value("startup_crash", "false"), Value(std::int64_t{0}));
  EXPECT_EQ(value("startup_crash", "perhaps"), Value());
  EXPECT_EQ(value("crash_time", "1777629590"), Value(std::int64_t{1'777'629'590'000}));
  for (const char* const text : {"0", "-5", "1e300", "nan", "1970-01-01"}) {
    EXPECT_EQ(value("crash_time", text), Value()) << text;
  }
  EXPECT_EQ(value("moz_crash_reason", ""), Value());
  EXPECT_EQ(value("moz_crash_reason", "a\xff"), Value("a\xef\xbf\xbd"));
  const std::string cut = std::get<std::string>(value(
      "moz_crash_reason", std::string(kMaxSearchedBytes - 1, 'a') + "\xc3\xa9" + std::string(100, 'b')));
  EXPECT_EQ(cut, std::string(kMaxSearchedBytes - 1, 'a'));
}

TEST(ServerSearchField, UnknownNamesAreNotFound) {
  EXPECT_EQ(FindField(""), nullptr);
  EXPECT_EQ(FindField("signatures"), nullptr);
  EXPECT_EQ(FindField("Signature"), nullptr);
}

}  // namespace
}  // namespace cairn::search
