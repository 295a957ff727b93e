#include "analysis/symbolication/answer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <vector>

#include "base/json_writer.h"
#include "base/parallel.h"

namespace cairn::symbolication {
namespace {

constexpr std::string_view kUnknownModule = "<unknown>";
// Of a frame without its texts, about.
constexpr std::size_t kFrameBytes = 120;
// Of a job's begin and end, about.
constexpr std::size_t kPieceBytes = 64;
// Large enough to be worth a system call, small enough to be reused by the allocator and to be shared out.
constexpr std::size_t kFramesPerPiece = 300;

void AppendNumber(std::string& out, std::uint64_t value, int base) {
  std::array<char, 20> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
  out.append(digits.data(), written.ptr);
}

void AppendOffset(std::string& out, const RequestFrame& frame) {
  if (frame.is_before_module) {
    out += "-0x1";
    return;
  }
  out += "0x";
  AppendNumber(out, frame.offset.value, 16);
}

// The text of a JSON string without its quotes.
std::string_view Inside(std::string_view quoted) { return quoted.substr(1, quoted.size() - 2); }

// What the pieces of an answer are written from.
struct Facts {
  const Request& request;
  const Plan& plan;
  std::span<const ModuleAnswer> answers;
  std::vector<std::string> module_names;  // As JSON, of each of the request's modules.

  const ModuleAnswer* AnswerOf(std::size_t module) const {
    const std::uint32_t question = plan.question_of_module[module];
    return question == Plan::kNoQuestion ? nullptr : &answers[question];
  }

  std::string_view NameOf(const RequestFrame& frame) const {
    if (frame.module == RequestFrame::kNoModule) return R"("<unknown>")";
    return module_names[frame.module];
  }

  std::string_view FoundText(std::uint32_t module) const {
    const ModuleAnswer* const answer = AnswerOf(module);
    return answer == nullptr ? "null" : answer->is_found ? "true" : "false";
  }

  const NamedAddress* NamedAt(const RequestFrame& frame, std::uint32_t place) const {
    if (frame.module == RequestFrame::kNoModule || frame.is_before_module) return nullptr;
    const ModuleAnswer* const answer = AnswerOf(frame.module);
    if (answer == nullptr || place >= answer->named.addresses.size()) return nullptr;
    const NamedAddress& named = answer->named.addresses[place];
    return named.is_known() ? &named : nullptr;
  }
};

// As JSON.
std::string ShownName(const Facts& facts, std::size_t module) {
  const ModuleAnswer* const answer = facts.AnswerOf(module);
  if (answer != nullptr && answer->is_found && !answer->code_file.empty())
    return base::QuoteJson(answer->code_file);
  const std::string& name = facts.request.modules[module].debug_file;
  return base::QuoteJson(name.empty() ? kUnknownModule : std::string_view(name));
}

// Stacks of one job that follow on each other.
struct StackSpan {
  const Job* job = nullptr;
  std::size_t stacks_begin = 0;
  std::size_t stacks_end = 0;
  std::size_t frames_before = 0;  // Of the jobs before this one.

  std::size_t frames_begin() const { return stacks_begin == 0 ? 0 : job->stack_ends[stacks_begin - 1]; }
  std::size_t frames_end() const { return stacks_end == 0 ? 0 : job->stack_ends[stacks_end - 1]; }
  bool is_first() const { return stacks_begin == 0; }
  bool is_last() const { return stacks_end == job->stack_ends.size(); }
};

// Each job has one span at least.
std::vector<StackSpan> SplitStacks(const Request& request) {
  std::vector<StackSpan> spans;
  std::size_t frames_before = 0;
  for (const Job& job : request.jobs) {
    StackSpan span{.job = &job, .stacks_begin = 0, .stacks_end = 0, .frames_before = frames_before};
    for (; span.stacks_end < job.stack_ends.size(); ++span.stacks_end) {
      if (span.frames_end() - span.frames_begin() < kFramesPerPiece) continue;
      spans.push_back(span);
      span.stacks_begin = span.stacks_end;
    }
    spans.push_back(span);
    frames_before += job.frames.size();
  }
  return spans;
}

// Writes one span of stacks, and of its job what stands before the first and behind the last.
class PieceWriter {
 public:
  PieceWriter(const Facts& facts, const StackSpan& span, std::size_t bytes_max)
      : facts_(facts), span_(span), bytes_max_(bytes_max) {
    out_.reserve(std::min(CountBytes(), bytes_max) + kPieceBytes);
  }

  std::string WriteV5() {
    if (span_.is_first()) out_ += R"({"stacks":[)";
    WriteStacks(&PieceWriter::WriteFrame);
    if (span_.is_last()) {
      out_ += R"(],"found_modules":{)";
      WriteFoundModules();
      out_ += "}}";
    }
    return std::move(out_);
  }

  std::string WriteV4() {
    if (span_.is_first()) out_ += R"({"symbolicatedStacks":[)";
    WriteStacks(&PieceWriter::WriteFrameV4);
    if (span_.is_last()) {
      out_ += R"(],"knownModules":[)";
      const std::vector<std::uint32_t>& modules = span_.job->memory_map;
      for (std::size_t i = 0; i < modules.size(); ++i) {
        if (i > 0) out_ += ',';
        out_ += facts_.FoundText(modules[i]);
      }
      out_ += "]}";
    }
    return std::move(out_);
  }

 private:
  using WriteOne = void (PieceWriter::*)(const RequestFrame& frame, std::size_t number, std::uint32_t place);

  std::uint32_t PlaceOf(std::size_t frame) const { return facts_.plan.places[span_.frames_before + frame]; }

  // Of the frames, about: to grow a text means to copy it.
  std::size_t CountBytes() const {
    std::size_t bytes = 0;
    for (std::size_t i = span_.frames_begin(); i < span_.frames_end(); ++i) {
      bytes += kFrameBytes;
      const RequestFrame& frame = span_.job->frames[i];
      const NamedAddress* const named = facts_.NamedAt(frame, PlaceOf(i));
      if (named != nullptr) bytes += named->function.size() + named->rest.size();
    }
    return bytes;
  }

  void WriteStacks(WriteOne write) {
    std::size_t frame = span_.frames_begin();
    for (std::size_t stack = span_.stacks_begin; stack < span_.stacks_end; ++stack) {
      out_ += stack > 0 ? ",[" : "[";
      const std::size_t end = span_.job->stack_ends[stack];
      for (std::size_t number = 0; frame < end; ++frame, ++number) {
        if (number > 0) out_ += ',';
        // Past the limit nothing of it is wanted.
        if (out_.size() <= bytes_max_) (this->*write)(span_.job->frames[frame], number, PlaceOf(frame));
      }
      out_ += ']';
    }
  }

  void WriteFrame(const RequestFrame& frame, std::size_t number, std::uint32_t place) {
    out_ += R"({"frame":)";
    AppendNumber(out_, number, 10);
    out_.append(R"(,"module":)").append(facts_.NameOf(frame)).append(R"(,"module_offset":")");
    AppendOffset(out_, frame);
    out_ += '"';
    if (const NamedAddress* const named = facts_.NamedAt(frame, place)) {
      out_.append(R"(,"function":)").append(named->function).append(R"(,"function_offset":"0x)");
      AppendNumber(out_, named->function_offset, 16);
      out_.append("\"").append(named->rest);
    }
    out_ += '}';
  }

  void WriteFrameV4(const RequestFrame& frame, std::size_t /*number*/, std::uint32_t place) {
    out_ += '"';
    if (const NamedAddress* const named = facts_.NamedAt(frame, place)) {
      out_ += Inside(named->function);
    } else {
      AppendOffset(out_, frame);
    }
    out_.append(" (in ").append(Inside(facts_.NameOf(frame))).append(")\"");
  }

  void WriteFoundModules() {
    std::vector<bool> is_written(facts_.request.modules.size());
    bool is_first = true;
    for (const std::uint32_t module : span_.job->memory_map) {
      if (is_written[module]) continue;
      is_written[module] = true;
      if (!is_first) out_ += ',';
      is_first = false;
      const std::string key = base::QuoteJson(ModuleKey(facts_.request.modules[module]));
      out_.append(key).append(":").append(facts_.FoundText(module));
    }
  }

  const Facts& facts_;
  const StackSpan& span_;
  const std::size_t bytes_max_;
  std::string out_;
};

using WritePiece = std::string (PieceWriter::*)();

// The pieces of all spans; kLimitExceeded as WriteAnswer says.
base::Result<AnswerPieces> WritePieces(const Request& request, const Plan& plan,
                                       std::span<const ModuleAnswer> answers, unsigned threads,
                                       WritePiece write) {
  Facts facts{.request = request, .plan = plan, .answers = answers, .module_names = {}};
  bool is_cut = false;
  for (const ModuleAnswer& answer : answers) is_cut = is_cut || answer.named.is_cut;
  for (std::size_t i = 0; i < request.modules.size(); ++i) facts.module_names.push_back(ShownName(facts, i));
  const std::vector<StackSpan> spans = SplitStacks(request);
  AnswerPieces pieces(spans.size());
  std::atomic<std::size_t> bytes = 0;
  base::RunParallel(is_cut ? 0 : spans.size(), threads, [&] {
    return [&](std::size_t i) {
      const std::size_t so_far = bytes;
      if (so_far > kMaxAnswerBytes) return;
      pieces[i] = (PieceWriter(facts, spans[i], kMaxAnswerBytes - so_far).*write)();
      bytes += pieces[i].size();
    };
  });
  if (is_cut || bytes > kMaxAnswerBytes)
    return base::Error{base::Code::kLimitExceeded, kMaxAnswerBytes, "the answer"};
  return pieces;
}

}  // namespace

base::Result<AnswerPieces> WriteAnswer(const Request& request, const Plan& plan,
                                       std::span<const ModuleAnswer> answers, std::string_view debug,
                                       unsigned threads) {
  ASSIGN_OR_RETURN(AnswerPieces pieces, WritePieces(request, plan, answers, threads, &PieceWriter::WriteV5));
  std::string end = "]";
  if (!debug.empty()) end.append(R"(,"debug":)").append(debug);
  end += '}';
  AnswerPieces answer{R"({"results":[)"};
  for (std::string& piece : pieces) {
    if (answer.size() > 1 && piece.starts_with('{')) answer.emplace_back(",");
    answer.push_back(std::move(piece));
  }
  answer.push_back(std::move(end));
  return answer;
}

base::Result<AnswerPieces> WriteAnswerV4(const Request& request, const Plan& plan,
                                         std::span<const ModuleAnswer> answers, unsigned threads) {
  return WritePieces(request, plan, answers, threads, &PieceWriter::WriteV4);
}

std::string WriteRefusal(std::string_view title) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("title", title);
  json.EndObject();
  return json.Take();
}

std::string ModuleKey(const RequestModule& module) { return module.debug_file + "/" + module.debug_id; }

}  // namespace cairn::symbolication
