#include "server/processor/memory_measures.h"

#include <gtest/gtest.h>

namespace cairn::processor {
namespace {

// A report of process 12.
std::string Report(const std::string& path, const std::string& amount,
                   const std::string& how = R"("kind":1,"units":0)") {
  return R"r({"process":"web (pid 12)","path":")r" + path + R"(","amount":)" + amount + "," + how + "}";
}

std::string Account(const std::string& reports) {
  return R"({"version":1,"hasMozMallocUsableSize":true,"reports":[)" + reports + "]}";
}

TEST(MemoryMeasuresTest, PathsAddUpToMeasures) {
  std::string reports;
  for (const auto& [path, amount] :
       {std::pair("explicit/images/a", "1"), std::pair("explicit/images/b", "2"),
        std::pair("explicit/window-objects/top(none)/detached/window(x)/dom", "4"),
        std::pair("explicit/other", "16"), std::pair("js-main-runtime/gc", "32"),
        std::pair("event-counts/window-objects/top(none)/detached/window(x)", "64"),
        std::pair("heap-allocated", "1000"), std::pair("ghost-windows", "3"), std::pair("resident", "5"),
        std::pair("resident", "6"), std::pair("resident-peak", "7")}) {
    reports += Report(path, amount) + ",";
  }
  reports += Report("explicit/heap-overhead/bin-unused", "8", R"("kind":0,"units":0)");
  reports += R"r(,{"process":"Main Process (pid 112)","path":"resident","amount":999},{"process":""})r";
  const auto measures = MeasureMemory(Account(reports), 12);
  ASSERT_TRUE(measures);
  const MemoryMeasures expected = {{"explicit", 1008},
                                   {"gfx_textures", 0},
                                   {"ghost_windows", 3},
                                   {"heap_allocated", 1000},
                                   {"heap_overhead", 8},
                                   {"heap_unclassified", 977},
                                   {"host_object_urls", 0},
                                   {"images", 3},
                                   {"js_main_runtime", 32},
                                   {"private", 0},
                                   {"resident", 11},
                                   {"resident_unique", 0},
                                   {"system_heap_allocated", 0},
                                   {"top_none_detached", 4},
                                   {"vsize", 0},
                                   {"vsize_max_contiguous", 0}};
  EXPECT_EQ(*measures, expected);
}

TEST(MemoryMeasuresTest, WhatHasAnotherFormIsRefused) {
  const auto code_of = [](const std::string& account) {
    const auto measures = MeasureMemory(account, 12);
    return measures ? base::Code::kIo : measures.error().code;
  };
  EXPECT_EQ(code_of(Account(Report("resident", "1"))), base::Code::kIo) << "nothing is wrong";
  EXPECT_EQ(code_of(""), base::Code::kBadValue);
  EXPECT_EQ(code_of("[1]"), base::Code::kBadValue);
  EXPECT_EQ(code_of(R"({"version":1})"), base::Code::kBadValue);
  EXPECT_EQ(code_of(Account("{}")), base::Code::kBadValue);
  EXPECT_EQ(code_of(Account("7")), base::Code::kBadValue);
  EXPECT_EQ(code_of(Account(R"r({"process":"web (pid 12)"})r")), base::Code::kBadValue);
  EXPECT_EQ(code_of(Account(Report("resident", R"("many")"))), base::Code::kBadValue);
  EXPECT_EQ(code_of(Account(Report("explicit/a", "1", R"("kind":2,"units":0)"))), base::Code::kBadValue);
  EXPECT_EQ(code_of(Account(Report("explicit/a", "1", R"("kind":1,"units":1)"))), base::Code::kBadValue);
  EXPECT_EQ(code_of(Account("")), base::Code::kNotFound);
  EXPECT_EQ(code_of(Account(R"r({"process":"web (pid 1)","path":"resident","amount":1})r")),
            base::Code::kNotFound);
  const std::string most = "9223372036854775807";
  EXPECT_EQ(code_of(Account(Report("resident", most) + "," + Report("resident", "1"))),
            base::Code::kOverflow);
  EXPECT_EQ(code_of(Account(Report("heap-allocated", "-2") + "," + Report("explicit/a", most))),
            base::Code::kOverflow);
}

TEST(MemoryMeasuresTest, EachIsAFieldAndAllAreOne) {
  std::map<std::string, registry::Value> fields;
  AddMemoryFields({{"images", 7}, {"heap_unclassified", -5}}, fields);
  EXPECT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields.at("memory_images"), registry::Value(std::uint64_t{7}));
  EXPECT_EQ(registry::TextOf(fields.at("memory_heap_unclassified")), "-5");
  EXPECT_EQ(registry::TextOf(fields.at("memory_measures")), R"({"heap_unclassified":-5,"images":7})");
}

}  // namespace
}  // namespace cairn::processor
