// EventLog writes what the server does, one line per event, as text for people or as JSON.
//
//   2026-05-01T10:00:00.000Z info request method=GET route=/api/SuperSearch/ status=200 in_bytes=0 ...
//   {"time":"2026-05-01T10:00:00.000Z","level":"info","event":"request","method":"GET",...}
//
// Nothing that a user sent is given to it. Lines are gathered and written by a thread of its own, so that
// nobody waits for whoever reads them: an event at once, requests within kFlushMs. While nobody reads, at
// most kMaxBufferBytes are kept; lines that are left out are counted, and the next line says how many. Any
// thread may write.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

#include "base/result.h"
#include "server/http/server.h"

namespace cairn::apps {

enum class LogFormat { kText, kJson };
// "text" or "json".
std::optional<LogFormat> ParseLogFormat(std::string_view name);

enum class LogLevel { kInfo, kWarning, kError };

struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double> value;
};

class EventLog {
 public:
  static constexpr int kFlushMs = 100;
  static constexpr std::size_t kFlushBytes = 64 << 10;
  static constexpr std::size_t kMaxBufferBytes = 4 << 20;

  // The descriptor is borrowed.
  EventLog(int fd, LogFormat format);
  // Writes what it still has.
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // `event` is one word, and so are the keys.
  void Write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);
  void WriteRequest(const http::AccessRecord& record);

  // That were left out since the start.
  std::uint64_t dropped_lines() const { return dropped_; }

 private:
  enum class Urgency { kSoon, kNow };
  std::string LineOf(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const;
  void Append(std::string_view line, Urgency urgency);
  void Run();
  std::string TakeBuffer();

  const int fd_;
  const LogFormat format_;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string buffer_;                // GUARDED_BY(mutex_)
  std::uint64_t dropped_untold_ = 0;  // GUARDED_BY(mutex_)
  bool is_urgent_ = false;            // GUARDED_BY(mutex_)
  bool stopping_ = false;             // GUARDED_BY(mutex_)
  std::thread thread_;                // Last: it uses all of the above.
};

// Writes each error that it is told of as `event`, with the error's text. The log must outlive it.
std::function<void(const base::Error&)> LogErrors(EventLog& log, std::string event);

}  // namespace cairn::apps
