// crashy: a program that crashes on request, with Cairn watching. `make demo` runs it once per kind of fault.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>

#include "client/cairn.h"
#include "faults.h"

namespace {

// One annotation that may go out with a ping, and one that only ever goes out with a report.
cairn::Annotation<"MozCrashReason", 128> g_reason;
cairn::Annotation<"Comments", 256> g_comments;

std::string Environment(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

int Usage() {
  std::fputs("usage: crashy KIND\n\nkinds:\n", stderr);
  for (const crashy::Fault& fault : crashy::Faults()) {
    std::fprintf(stderr, "  %-20s %s\n", fault.kind.data(), fault.summary.data());
  }
  std::fputs(
      "\nCRASHY_HANDLER, CRASHY_DATABASE and CRASHY_SERVER say where cairn-handler, the local database and "
      "the server\n"
      "are; CRASHY_BUILD_ID is the build id to report.\n",
      stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return Usage();
  const std::string server = Environment("CRASHY_SERVER", "http://127.0.0.1:8000");
  const std::string build_id = Environment("CRASHY_BUILD_ID", "20260101000000");
  const std::string database = Environment("CRASHY_DATABASE", "crashy-database");
  const std::string handler = Environment("CRASHY_HANDLER", "cairn-handler");
  const std::string submit_url = server + "/submit";

  const cairn::StartResult started = cairn::Start({
      .product = "Crashy",
      .version = "12.3.1",
      .channel = "release",
      .build_id = build_id,
      .database = database,
      .handler = handler,
      .submit_url = submit_url,
      .ping_url = server,
      .telemetry = cairn::Telemetry::kOn,
      .report_consent = cairn::ReportConsent::kAlways,
  });
  if (!started) std::fprintf(stderr, "crashy: crashes will not be captured: %s\n", started.error());

  g_reason.Set(argv[1]);
  g_comments.Set("This comment goes out with the report and never with the ping.");

  // Company for the thread that crashes.
  for (int i = 0; i < 2; ++i) {
    std::thread([] {
      cairn::InstallAlternateStack();
      std::this_thread::sleep_for(std::chrono::hours(1));
    }).detach();
  }

  for (const crashy::Fault& fault : crashy::Faults()) {
    if (fault.kind == argv[1]) {
      fault.run();
      std::fprintf(stderr, "crashy: %s did not crash\n", argv[1]);
      return 1;
    }
  }
  return Usage();
}
