#include "analysis/symbolication/answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/json_writer.h"

namespace cairn::symbolication {
namespace {

constexpr std::string_view kUnknownModule = "<unknown>";
// Of a frame or an inlined call without its texts, about.
constexpr std::size_t kFrameBytes = 120;

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

// Writes one answer. Everything is appended to one text, because there may be hundreds of thousands of
// frames.
class Writer {
 public:
  Writer(const Request& request, const Plan& plan, std::span<const ModuleAnswer> answers)
      : request_(request), plan_(plan), answers_(answers) {
    for (std::size_t i = 0; i < request.modules.size(); ++i) module_names_.push_back(ShownName(i));
    out_.reserve(std::min(CountBytes(), kMaxAnswerBytes) + kFrameBytes);
  }

  base::Result<std::string> WriteV5(std::string_view debug) {
    out_ += R"({"results":[)";
    for (std::size_t i = 0; i < request_.jobs.size(); ++i) {
      if (i > 0) out_ += ',';
      const Job& job = request_.jobs[i];
      out_ += R"({"stacks":)";
      WriteStacks(job, &Writer::WriteFrame);
      out_ += R"(,"found_modules":{)";
      WriteFoundModules(job);
      out_ += "}}";
    }
    out_ += ']';
    if (!debug.empty()) out_.append(R"(,"debug":)").append(debug);
    out_ += '}';
    return Take();
  }

  base::Result<std::string> WriteV4() {
    const Job& job = request_.jobs.front();
    out_ += R"({"symbolicatedStacks":)";
    WriteStacks(job, &Writer::WriteFrameV4);
    out_ += R"(,"knownModules":[)";
    for (std::size_t i = 0; i < job.memory_map.size(); ++i) {
      if (i > 0) out_ += ',';
      out_ += FoundText(job.memory_map[i]);
    }
    out_ += "]}";
    return Take();
  }

 private:
  using WriteOne = void (Writer::*)(const RequestFrame& frame, std::size_t number, std::uint32_t place);

  const ModuleAnswer* AnswerOf(std::size_t module) const {
    const std::uint32_t question = plan_.question_of_module[module];
    return question == Plan::kNoQuestion ? nullptr : &answers_[question];
  }

  // Of the answer, about: to grow a text of tens of megabytes means to copy it.
  std::size_t CountBytes() const {
    std::size_t bytes = 0;
    std::size_t place = 0;
    for (const Job& job : request_.jobs) {
      for (const RequestFrame& frame : job.frames) {
        bytes += kFrameBytes;
        const NamedAddress* const named = NamedAt(frame, plan_.places[place++]);
        if (named == nullptr) continue;
        bytes += named->place.function.size() + named->place.file.size();
        const std::vector<NamedCall>& inlines = AnswerOf(frame.module)->named.inlines;
        for (const NamedCall& call : std::span(inlines).subspan(named->first_inline, named->inline_count))
          bytes += call.function.size() + call.file.size() + kFrameBytes;
      }
    }
    return bytes;
  }

  // As JSON.
  std::string ShownName(std::size_t module) const {
    const ModuleAnswer* const answer = AnswerOf(module);
    if (answer != nullptr && answer->is_found && !answer->code_file.empty())
      return base::QuoteJson(answer->code_file);
    const std::string& name = request_.modules[module].debug_file;
    return base::QuoteJson(name.empty() ? kUnknownModule : std::string_view(name));
  }

  const NamedAddress* NamedAt(const RequestFrame& frame, std::uint32_t place) const {
    if (frame.module == RequestFrame::kNoModule || frame.is_before_module) return nullptr;
    const ModuleAnswer* const answer = AnswerOf(frame.module);
    if (answer == nullptr || place >= answer->named.addresses.size()) return nullptr;
    const NamedAddress& named = answer->named.addresses[place];
    return named.is_known() ? &named : nullptr;
  }

  void WriteStacks(const Job& job, WriteOne write) {
    out_ += '[';
    std::size_t frame = 0;
    for (const std::uint32_t end : job.stack_ends) {
      if (out_.back() == ']') out_ += ',';
      out_ += '[';
      for (std::size_t number = 0; frame < end; ++frame, ++number) {
        if (number > 0) out_ += ',';
        // Past the limit nothing of it is wanted.
        const std::uint32_t place = plan_.places[frames_before_ + frame];
        if (out_.size() <= kMaxAnswerBytes) (this->*write)(job.frames[frame], number, place);
      }
      out_ += ']';
    }
    frames_before_ += frame;
    out_ += ']';
  }

  void WriteFrame(const RequestFrame& frame, std::size_t number, std::uint32_t place) {
    out_ += R"({"frame":)";
    AppendNumber(out_, number, 10);
    out_.append(R"(,"module":)").append(NameOf(frame)).append(R"(,"module_offset":")");
    AppendOffset(out_, frame);
    out_ += '"';
    if (const NamedAddress* const named = NamedAt(frame, place)) {
      out_.append(R"(,"function":)").append(named->place.function).append(R"(,"function_offset":"0x)");
      AppendNumber(out_, named->function_offset, 16);
      out_ += '"';
      WriteFile(named->place);
      if (named->inline_count > 0) {
        const std::vector<NamedCall>& inlines = AnswerOf(frame.module)->named.inlines;
        WriteInlines(std::span(inlines).subspan(named->first_inline, named->inline_count));
      }
    }
    out_ += '}';
  }

  void WriteInlines(std::span<const NamedCall> calls) {
    out_ += R"(,"inlines":[)";
    for (const NamedCall& call : calls) {
      if (out_.back() == '}') out_ += ',';
      out_.append(R"({"function":)").append(call.function.empty() ? R"("")" : call.function);
      WriteFile(call);
      out_ += '}';
    }
    out_ += ']';
  }

  void WriteFile(const NamedCall& call) {
    if (call.file.empty()) return;
    out_.append(R"(,"file":)").append(call.file);
    if (call.line == 0) return;
    out_ += R"(,"line":)";
    AppendNumber(out_, call.line, 10);
  }

  void WriteFrameV4(const RequestFrame& frame, std::size_t /*number*/, std::uint32_t place) {
    out_ += '"';
    if (const NamedAddress* const named = NamedAt(frame, place)) {
      out_ += Inside(named->place.function);
    } else {
      AppendOffset(out_, frame);
    }
    out_.append(" (in ").append(Inside(NameOf(frame))).append(")\"");
  }

  std::string_view NameOf(const RequestFrame& frame) const {
    if (frame.module == RequestFrame::kNoModule) return R"("<unknown>")";
    return module_names_[frame.module];
  }

  std::string_view FoundText(std::uint32_t module) const {
    const ModuleAnswer* const answer = AnswerOf(module);
    return answer == nullptr ? "null" : answer->is_found ? "true" : "false";
  }

  void WriteFoundModules(const Job& job) {
    std::vector<bool> is_written(request_.modules.size());
    bool is_first = true;
    for (const std::uint32_t module : job.memory_map) {
      if (is_written[module]) continue;
      is_written[module] = true;
      if (!is_first) out_ += ',';
      is_first = false;
      out_.append(base::QuoteJson(ModuleKey(request_.modules[module]))).append(":").append(FoundText(module));
    }
  }

  base::Result<std::string> Take() {
    bool is_cut = out_.size() > kMaxAnswerBytes;
    for (const ModuleAnswer& answer : answers_) is_cut = is_cut || answer.named.is_cut;
    if (is_cut) return base::Error{base::Code::kLimitExceeded, kMaxAnswerBytes, "the answer"};
    return std::move(out_);
  }

  const Request& request_;
  const Plan& plan_;
  const std::span<const ModuleAnswer> answers_;
  std::vector<std::string> module_names_;  // As JSON, of each of the request's modules.
  std::size_t frames_before_ = 0;          // Of the jobs that are written.
  std::string out_;
};

}  // namespace

base::Result<std::string> WriteAnswer(const Request& request, const Plan& plan,
                                      std::span<const ModuleAnswer> answers, std::string_view debug) {
  return Writer(request, plan, answers).WriteV5(debug);
}

base::Result<std::string> WriteAnswerV4(const Request& request, const Plan& plan,
                                        std::span<const ModuleAnswer> answers) {
  return Writer(request, plan, answers).WriteV4();
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
