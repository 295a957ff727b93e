// A crash ping as large as the usual one: about 9.5 kB of JSON, gzip'd 1.5 kB.
#pragma once

#include <string>

namespace cairn::testing {

// Of Mozilla's v4 form: one thread of 60 frames in 25 modules. Each `stack` makes a stack of its own.
inline std::string SamplePing(int stack) {
  std::string modules;
  std::string frames;
  for (int i = 0; i < 25; ++i) {
    const std::string number = std::to_string(10 + i);
    modules += std::string(i > 0 ? "," : "") + R"({"base_addr":"0x7f00)" + number +
               R"(000000","end_addr":"0x7f00)" + number + R"(ffffff","code_id":"5f1a2b3c)" + number +
               R"(","debug_file":"lib)" + number +
               R"(.so","debug_id":"0123456789ABCDEF0123456789ABCDEF0","filename":"lib)" + number +
               R"(.so","version":"1.2.3"})";
  }
  for (int i = 0; i < 60; ++i) {
    frames += std::string(i > 0 ? "," : "") + R"({"ip":"0x7f00)" + std::to_string(10 + i % 25) +
              std::to_string(100'000 + (i == 0 ? stack : i)) + R"(","module_index":)" +
              std::to_string(i % 25) + R"(,"trust":"cfi"})";
  }
  return R"({"type":"crash","id":"89ba9d98-b041-46f3-8b1a-36dfeb5e1b15","creationDate":"2026-05-01T10:00:00.000Z",
    "version":4,"application":{"architecture":"x86-64","buildId":"20261101000000","channel":"beta","name":"App",
    "platformVersion":"1.5","vendor":"","version":"1.5","xpcomAbi":"x"},
    "payload":{"crashDate":"2026-05-01",
    "processType":"main","metadata":{"UptimeTS":"83.5","SecondsSinceLastCrash":"400","ShutdownProgress":"quit"},
    "stackTraces":{"status":"OK","crash_info":{"type":"SIGSEGV","address":"0x8","crashing_thread":0},"main_module":0,
    "modules":[)" +
         modules + R"(],"threads":[{"frames":[)" + frames + "]}]}}}";
}

}  // namespace cairn::testing
