#include "server/processor/transforms.h"

#include <gtest/gtest.h>

#include <set>

#include "server/registry/registry_file.h"

namespace cairn::processor {
namespace {

class TransformsTest : public ::testing::Test {
 protected:
  TransformsTest() {
    arrival_.submitted_ms = 1'777'629'600'000;  // 2026-05-01T10:00:00Z
    outcome_.json_dump = "{}";
  }

  // A field of the record as text.
  std::string Field(const std::string& field) {
    record_ = MakeRecord(arrival_, outcome_, registry_);
    const auto found = record_.fields.find(field);
    return found == record_.fields.end() ? "none" : registry::TextOf(found->second);
  }
  std::string& Annotation(const std::string& name) { return arrival_.annotations[name]; }

  Arrival arrival_;
  worker::CrashOutcome outcome_;
  registry::Registry registry_ = registry::Registry::BuiltIn();
  Record record_;
};

TEST_F(TransformsTest, NamesStandOnceAndEveryRowSaysWhatItDoes) {
  std::set<std::string_view> names;
  for (const auto& table : {AnnotationTransforms(), DumpTransforms()}) {
    for (const Transform& transform : table) {
      EXPECT_TRUE(names.insert(transform.name).second) << transform.name;
      EXPECT_FALSE(transform.does.empty()) << transform.name;
    }
  }
}

TEST_F(TransformsTest, ARuleThatFailsLeavesANoteWithoutValuesAndTheNextRuns) {
  Annotation("Breadcrumbs") = "\"planted\"";
  Annotation("OOMAllocationSize") = "planted";
  EXPECT_EQ(Field("report_type"), "crash");
  std::string notes;
  for (const std::string& note : record_.notes) notes += note + "\n";
  EXPECT_NE(notes.find("rule breadcrumbs failed"), std::string::npos) << notes;
  EXPECT_NE(notes.find("OOMAllocationSize is no number of 64 bits"), std::string::npos) << notes;
  EXPECT_EQ(notes.find("planted"), std::string::npos) << notes;
}

TEST_F(TransformsTest, AnnotationsGetTheirTypesAndTheirNames) {
  Annotation("OOMAllocationSize") = "4096";
  Annotation("StartupCrash") = "1";
  Annotation("UptimeTS") = "61.5";
  Annotation("Comments") = "text \n";
  EXPECT_EQ(Field("oom_allocation_size"), "4096");
  EXPECT_EQ(record_.Number("oom_allocation_size"), 4096u);
  EXPECT_EQ(Field("startup_crash"), "true");
  EXPECT_EQ(Field("uptime_ts"), "61.5");
  EXPECT_EQ(Field("user_comments"), "text");
}

TEST_F(TransformsTest, TheWholeOfAValueStandsBesideItsPublicForm) {
  Annotation("RemoteType") = "webIsolated=https://planted";
  Annotation("MozCrashReason") = "byte index 3 of `planted`";
  Annotation("JavaStackTrace") = "a.B: planted\n\tat a.B.c(B.java:1)";
  Annotation("JavaException") = R"({"exception":{"values":[{"type":"T","value":"planted"}]}})";
  for (const char* const field : {"remote_type", "moz_crash_reason", "java_stack_trace", "java_exception"}) {
    EXPECT_EQ(Field(field).find("planted"), std::string::npos) << field;
    EXPECT_NE(Field(field), "none") << field;
    EXPECT_NE(Field(std::string(field) + "_raw").find("planted"), std::string::npos) << field;
    EXPECT_FALSE(registry_.IsPublicField(std::string(field) + "_raw")) << field;
  }
  Annotation("MozCrashReason") = "assertion failed";
  EXPECT_EQ(Field("moz_crash_reason"), "assertion failed");
  EXPECT_EQ(Field("moz_crash_reason_raw"), "none");
}

TEST_F(TransformsTest, TimesAreToldByTheClientsClock) {
  Annotation("CrashTime") = "1777629000";
  Annotation("InstallTime") = "1777628000";
  Annotation("StartupTime") = "1777629500";
  Annotation("SecondsSinceLastCrash") = "77";
  EXPECT_EQ(Field("client_crash_date"), "2026-05-01T09:50:00.000Z");
  EXPECT_EQ(Field("install_age"), "1000");
  EXPECT_EQ(Field("uptime"), "0") << "the clock went back";
  EXPECT_EQ(Field("last_crash"), "77");
  EXPECT_EQ(Field("submitted_timestamp"), "2026-05-01T10:00:00.000Z");
  Annotation("CrashTime") = "99999999999999";
  EXPECT_EQ(Field("client_crash_date"), "none");
}

TEST_F(TransformsTest, ListsAndFlagsOfAnnotations) {
  arrival_.dump_names = {"upload_file_minidump"};
  Annotation("planted-name") = "1";
  Annotation("Addons") = "a%40b:1,c,%zz";
  Annotation("EMCheckCompatibility") = "true";
  Annotation("UtilityActorsName") = "audio,video";
  Annotation("Accessibility") = "Active";
  Annotation("Breadcrumbs") = R"({"values":[{"a":1}]})";
  Annotation("PHCBaseAddress") = "4096";
  Annotation("PluginName") = "Shock";
  EXPECT_EQ(Field("addons"), R"(["a@b:1","c:NO_VERSION","%zz:NO_VERSION"])");
  EXPECT_EQ(Field("addons_checked"), "true");
  EXPECT_EQ(Field("utility_actors_name"), R"(["audio","video"])");
  EXPECT_EQ(Field("accessibility"), "true");
  EXPECT_EQ(Field("breadcrumbs"), R"([{"a":1}])");
  EXPECT_EQ(Field("phc_base_address"), "0x0000000000001000");
  EXPECT_EQ(Field("plugin_name"), "none");
  EXPECT_NE(Field("crash_report_keys").find(R"("UtilityActorsName","upload_file_minidump")"),
            std::string::npos);
  EXPECT_EQ(Field("crash_report_keys").find("planted"), std::string::npos);
  arrival_.process_type = "plugin";
  EXPECT_EQ(Field("plugin_name"), "Shock");
}

TEST_F(TransformsTest, SubmissionsAndHangsAreTold) {
  EXPECT_EQ(Field("submitted_from"), "Unknown");
  Annotation("SubmittedFrom") = "Client";
  EXPECT_EQ(Field("submitted_from"), "Client");
  Annotation("SubmittedFromInfobar") = "1";
  EXPECT_EQ(Field("submitted_from"), "Infobar");
  EXPECT_EQ(Field("report_type"), "crash");
  Annotation("ipc_channel_error") = "ShutDownKill";
  EXPECT_EQ(Field("report_type"), "hang");
}

TEST_F(TransformsTest, TheDumpTellsOfTheCrash) {
  outcome_.address = "0xffffffffffffffff";
  outcome_.reason = "SIGSEGV / SEGV_MAPERR";
  outcome_.stack = {{"libwork.so", "ID1", 1, {}}, {"crashy", "ID2", 2, {{"f", "", 0}, {"g", "g.cc", 3}}}};
  outcome_.json_dump =
      R"({"status":"OK","thread_count":3,"soft_errors":[1],"mac_boot_args":"-v","diagnostics":[{"what":"w","problem":"p"}],
      "crash_info":{"adjusted_address":{"kind":"non-canonical","address":"0x8000000000000000"},
      "possible_bit_flips":[{"confidence":0.25},{"confidence":0.625}],"crash_inconsistencies":["odd"],
      "memory_accesses":[{"address":"0x1","is_likely_guard_page":true}]},
      "crashing_thread":{"thread_name":"main","last_error_value":"ERROR_SUCCESS"},
      "modules":[{"filename":"a.so","debug_id":"ID","code_id":"c","missing_symbols":true},
                 {"filename":"b.so","version":"1","debug_id":"ID","missing_symbols":false}]})";
  EXPECT_EQ(Field("address"), "0x8000000000000000");
  EXPECT_EQ(Field("crashing_thread_name"), "main");
  EXPECT_EQ(Field("thread_count"), "3");
  EXPECT_EQ(Field("possible_bit_flips_max_confidence"), "62");
  EXPECT_EQ(Field("crash_inconsistencies"), R"(["odd"])");
  EXPECT_EQ(Field("has_guard_page_access"), "true");
  EXPECT_EQ(Field("topmost_filenames"), "g.cc");
  EXPECT_EQ(Field("modules_in_stack"), "crashy/ID2;libwork.so/ID1");
  EXPECT_EQ(Field("missing_symbols"), "a.so/None/ID/c");
  EXPECT_EQ(Field("soft_errors"), "[1]");
  EXPECT_EQ(Field("has_mac_boot_args"), "true");
  EXPECT_EQ(Field("mdsw_status_string"), "OK");
  EXPECT_EQ(Field("mdsw_return_code"), "0");
  EXPECT_EQ(Field("mdsw_stderr"), "w: p");
}

TEST_F(TransformsTest, ASystemIsNamedAsPeopleCallIt) {
  const std::vector<std::array<std::string, 3>> cases = {
      {"Windows NT", "10.0.19045", "Windows 10"},
      {"Windows NT", "10.0.21996", "Windows 11"},
      {"Windows NT", "6.1.7601 Service Pack 1", "Windows 7"},
      {"Windows NT", "4.0", "Windows"},
      {"Mac OS X", "14.1 23B74", "macOS 14"},
      {"Mac OS X", "10.15.7 19H2", "OS X 10.15"},
      {"Linux", "6.1.0", "Linux"},
      {"", "", "none"}};
  for (const auto& [name, version, pretty] : cases) {
    outcome_.os_name = name;
    outcome_.os_version = version;
    EXPECT_EQ(Field("os_pretty_version"), pretty) << version;
  }
  outcome_.os_name = "Linux";
  outcome_.json_dump = R"({"lsb_release":{"description":"Debian 12"}})";
  EXPECT_EQ(Field("os_pretty_version"), "Debian 12");
}

TEST_F(TransformsTest, AnnotationsTellWhatADumpDoesNot) {
  Annotation("Android_Version") = "34 (REL)";
  Annotation("Android_CPU_ABI") = "arm64-v8a";
  EXPECT_EQ(Field("os_name"), "Android");
  EXPECT_EQ(Field("os_version"), "34");
  EXPECT_EQ(Field("cpu_arch"), "arm64");
  arrival_.annotations = {
      {"OS", "Linux"}, {"OSVersion", "6.1"}, {"CPUArchitecture", "x86-64"}, {"CPUInfo", "family 6"}};
  EXPECT_EQ(Field("os_name"), "Linux");
  EXPECT_EQ(Field("os_version"), "6.1");
  EXPECT_EQ(Field("cpu_arch"), "amd64");
  EXPECT_EQ(Field("cpu_info"), "family 6");
  outcome_.json_dump = R"({"system_info":{"cpu_info":"family 6 model 158","cpu_count":8}})";
  EXPECT_EQ(Field("cpu_info"), "family 6 model 158 | 8");
}

TEST_F(TransformsTest, QuirksOfAProductAreDataOfItsProfile) {
  arrival_.product = "Firefox";
  arrival_.version = "128.1.0";
  arrival_.release_channel = "esr";
  arrival_.process_type = "main";
  EXPECT_EQ(Field("version"), "128.1.0");
  EXPECT_EQ(Field("major_version"), "128");
  ASSERT_EQ(registry::AddRegistryFile(CAIRN_SOURCE_DIR "/schema/profiles/firefox.yaml", registry_), "");
  EXPECT_EQ(Field("version"), "128.1.0esr");
  EXPECT_EQ(Field("process_type"), "parent");
  arrival_.release_channel = "beta";
  arrival_.version = "149.0";
  arrival_.build_id = "1";
  EXPECT_EQ(Field("version"), "149.0b0");
  EXPECT_EQ(record_.notes.back(), "the number of this beta is not known");
  arrival_.product = "Crashy";
  EXPECT_EQ(Field("version"), "149.0");
  EXPECT_EQ(Field("process_type"), "main");
  ASSERT_EQ(registry::AddRegistryText(
                "own", "rewrites: [{field: version, when: {product: [Crashy]}, by_build: {'1': 149.0b3}}]",
                registry_),
            "");
  EXPECT_EQ(Field("version"), "149.0b3");
}

}  // namespace
}  // namespace cairn::processor
