#include "apps/report_command.h"

#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <variant>

#include "apps/command.h"
#include "apps/crash_ids_input.h"
#include "apps/output_table.h"
#include "apps/post_to_server.h"
#include "apps/search_command.h"
#include "base/parse_json.h"
#include "net/http_client.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "report get";
constexpr int kTimeoutMs = 10 * 60'000;
constexpr std::size_t kMaxDocumentBytes = std::size_t{256} << 20;  // The largest are some ten megabytes.

std::string TextAt(const simdjson::dom::element& object, std::string_view key) {
  simdjson::dom::element value;
  std::string_view text;
  if (object[key].get(value) != simdjson::SUCCESS || value.is_null()) return "";
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
}

// One row of a frame, or of a function that was inlined into it, in the same shape.
std::vector<OutputCell> FrameRow(const std::string& number, const simdjson::dom::element& named,
                                 const simdjson::dom::element& frame) {
  std::string function = TextAt(named, "function");
  if (function.empty())
    function =
        TextAt(frame, "module_offset").empty() ? TextAt(frame, "offset") : TextAt(frame, "module_offset");
  std::string place = TextAt(named, "file");
  if (const std::string line = TextAt(named, "line"); !place.empty() && !line.empty()) place += ":" + line;
  return {{number, false}, {TextAt(frame, "module")}, {function}, {place}};
}

std::string DescribeFrames(const simdjson::dom::element& crash) {
  simdjson::dom::array frames;
  if (crash["json_dump"]["crashing_thread"]["frames"].get(frames) != simdjson::SUCCESS) return "";
  OutputTable table{.head = {"frame", "module", "function", "source"}, .rows = {}};
  for (const simdjson::dom::element frame : frames) {
    simdjson::dom::array inlines;
    const std::string number = TextAt(frame, "frame");
    if (frame["inlines"].get(inlines) == simdjson::SUCCESS) {
      for (const simdjson::dom::element inlined : inlines)
        table.rows.push_back(FrameRow(number, inlined, frame));
    }
    table.rows.push_back(FrameRow(number, frame, frame));
  }
  return "\n" + AsColumns(table, TerminalWidth());
}

int Worse(int a, int b) { return std::max(a, b); }

}  // namespace

ReportVerb::ReportVerb(CLI::App& app)
    : get_(app.add_subcommand("report", "single crashes of a running server")
               ->require_subcommand(1)
               ->add_subcommand("get", "print crashes by their ids")) {
  AddServerOptions(*get_, url_, token_);
  CLI::Option* const raw = get_->add_flag("--raw", raw_, "what was submitted, in place of what it became");
  get_->add_option("--dump", dump_, "the bytes of a dump, such as upload_file_minidump, of one crash")
      ->excludes(raw);
  get_->add_option("--format", format_, "json (default), one object a line; or human")
      ->check(CLI::IsMember({"json", "human"}));
  get_->add_option("ID", ids_, "crash ids; - reads them from standard input")->required();
}

int ReportVerb::Run() const {
  std::vector<std::string> ids = ids_;
  if (!TakeIdsOfInput(kVerb, ids)) return kExitFailure;
  if (!dump_.empty() && ids.size() != 1) {
    PrintError(kVerb, "--dump takes one id");
    return kExitUsage;
  }
  if (raw_ && format_ == "human") {
    PrintError(kVerb, "--raw has the format json alone");
    return kExitUsage;
  }
  int worst = kExitOk;
  for (const std::string& id : ids) {
    worst = Worse(worst, Get(id));
    if (worst == kExitFailure) break;  // A server that is away is away for all of them.
  }
  return worst;
}

int ReportVerb::Get(const std::string& id) const {
  std::string path = raw_ || !dump_.empty() ? "/api/RawCrash/" : "/api/ProcessedCrash/";
  path += "?crash_id=" + net::EscapeUrlPart(id);
  ServerOrder order{.url = url_,
                    .path = "",
                    .token = token_,
                    .timeout_ms = kTimeoutMs,
                    .max_answer_bytes = kMaxDocumentBytes};
  if (!dump_.empty()) {
    path += "&format=raw&name=" + net::EscapeUrlPart(dump_);
    order.take_body = [](std::string_view bytes) { return PrintOutput(kVerb, bytes); };
  }
  order.path = path;
  const std::variant<ServerAnswer, int> asked = AskServer(kVerb, order);
  if (const int* const exit_code = std::get_if<int>(&asked)) return *exit_code;
  if (!dump_.empty()) return kExitOk;
  const ServerAnswer& answer = std::get<ServerAnswer>(asked);
  std::optional<std::string> text = answer.body;
  if (format_ == "human") text = DescribeCrash(answer.body);
  if (!text) {
    PrintError(kVerb, id + ": the answer is none of Cairn's");
    return kExitFailure;
  }
  if (!text->ends_with('\n')) *text += '\n';
  return PrintOutput(kVerb, *text) ? kExitOk : kExitFailure;
}

std::optional<std::string> DescribeCrash(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element crash;
  simdjson::dom::object fields;
  if (base::ParseJson(parser, json).get(crash) != simdjson::SUCCESS || crash.get(fields) != simdjson::SUCCESS)
    return std::nullopt;
  OutputTable facts{.head = {"crash", TextAt(crash, "uuid")}, .rows = {}};
  for (const char* const key :
       {"signature", "product", "version", "build", "release_channel", "process_type", "date_processed",
        "os_pretty_version", "cpu_arch", "reason", "address", "moz_crash_reason", "crashing_thread"}) {
    if (const std::string text = TextAt(crash, key); !text.empty()) facts.rows.push_back({{key}, {text}});
  }
  return AsColumns(facts, TerminalWidth()) + DescribeFrames(crash);
}

}  // namespace cairn::apps
