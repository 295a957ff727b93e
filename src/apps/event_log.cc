#include "apps/event_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "base/json_writer.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/thread.h"

namespace cairn::apps {
namespace {

std::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "error";
}

template <typename Number>
void AppendNumber(Number value, std::string& text) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  text.append(buffer.data(), end);
}

// Whether a value can stand in a line of text as it is.
bool IsPlain(std::string_view value) {
  return !value.empty() && std::ranges::none_of(value, [](char c) {
    return c <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7f';
  });
}

void AppendValue(const LogField& field, LogFormat format, std::string& line) {
  if (const auto* const text = std::get_if<std::string_view>(&field.value)) {
    line += format == LogFormat::kText && IsPlain(*text) ? std::string(*text) : base::QuoteJson(*text);
  } else if (const auto* const number = std::get_if<std::int64_t>(&field.value)) {
    AppendNumber(*number, line);
  } else {
    AppendNumber(std::get<double>(field.value), line);
  }
}

}  // namespace

std::optional<LogFormat> ParseLogFormat(std::string_view name) {
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  return std::nullopt;
}

EventLog::EventLog(int fd, LogFormat format) : fd_(fd), format_(format), thread_([this] { Run(); }) {}

EventLog::~EventLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void EventLog::Write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  Append(LineOf(level, event, fields), Urgency::kNow);
}

void EventLog::WriteRequest(const http::AccessRecord& record) {
  Append(LineOf(LogLevel::kInfo, "request",
                {{"method", record.method},
                 {"route", record.pattern},
                 {"status", std::int64_t{record.status}},
                 {"in_bytes", static_cast<std::int64_t>(record.request_bytes)},
                 {"out_bytes", static_cast<std::int64_t>(record.response_bytes)},
                 {"seconds", static_cast<double>(record.duration_us) / 1e6}}),
         Urgency::kSoon);
}

std::string EventLog::LineOf(LogLevel level, std::string_view event,
                             std::initializer_list<LogField> fields) const {
  const std::string time = os::FormatIso(os::UnixMillis());
  std::string line;
  line.reserve(200);
  if (format_ == LogFormat::kText) {
    line.append(time).append(" ").append(NameOf(level)).append(" ").append(event);
  } else {
    line.append(R"({"time":")").append(time).append(R"(","level":")").append(NameOf(level));
    line.append(R"(","event":")").append(event).append("\"");
  }
  for (const LogField& field : fields) {
    if (format_ == LogFormat::kText) {
      line.append(" ").append(field.key).append("=");
    } else {
      line.append(",\"").append(field.key).append("\":");
    }
    AppendValue(field, format_, line);
  }
  return line += format_ == LogFormat::kText ? "\n" : "}\n";
}

void EventLog::Append(std::string_view line, Urgency urgency) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (buffer_.size() + line.size() > kMaxBufferBytes) {
      ++dropped_;
      ++dropped_untold_;
      return;
    }
    const bool was_full = buffer_.size() >= kFlushBytes;
    wake = buffer_.empty() || urgency == Urgency::kNow;
    buffer_ += line;
    wake = wake || (!was_full && buffer_.size() >= kFlushBytes);
    is_urgent_ = is_urgent_ || urgency == Urgency::kNow;
  }
  if (wake) changed_.notify_all();
}

// With the lock held.
std::string EventLog::TakeBuffer() {
  is_urgent_ = false;
  std::string taken = std::exchange(buffer_, {});
  if (const std::uint64_t untold = std::exchange(dropped_untold_, 0); untold > 0) {
    taken += LineOf(LogLevel::kWarning, "log_lines_dropped", {{"lines", static_cast<std::int64_t>(untold)}});
  }
  return taken;
}

void EventLog::Run() {
  os::NameThread("log");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !buffer_.empty() || stopping_; });
    if (buffer_.empty()) return;
    changed_.wait_for(lock, std::chrono::milliseconds(kFlushMs),
                      [this] { return is_urgent_ || stopping_ || buffer_.size() >= kFlushBytes; });
    const std::string taken = TakeBuffer();
    lock.unlock();
    (void)os::WriteAll(fd_, base::AsBytes(taken));  // There is nowhere to say that it failed.
    lock.lock();
  }
}

std::function<void(const base::Error&)> LogErrors(EventLog& log, std::string event) {
  return [&log, event = std::move(event)](const base::Error& error) {
    log.Write(LogLevel::kError, event, {{"error", base::Describe(error)}});
  };
}

}  // namespace cairn::apps
