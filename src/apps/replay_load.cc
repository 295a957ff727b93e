#include "apps/replay_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <deque>
#include <memory>
#include <queue>
#include <span>
#include <utility>

#include "apps/replay_summary.h"
#include "os/clock.h"

namespace cairn::apps {
namespace {

constexpr std::int64_t kTickNs = 1'000'000;
constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kMsNs = 1'000'000;
constexpr std::size_t kMaxAnswerBytes = 64 << 10;
constexpr std::size_t kRemembered = 100'000;  // Acknowledged shots, one of which a duplicate is drawn from.
constexpr std::int64_t kConnectPauseNs = 100 * kMsNs;
constexpr std::string_view kCrashIdLabel = "CrashID=bp-";
constexpr std::size_t kCrashIdLength = 36;

std::int64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecondNs + now.tv_nsec;
}

void SleepUntil(std::int64_t moment_ns) {
  const timespec moment{moment_ns / kSecondNs, moment_ns % kSecondNs};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, nullptr);
}

base::Error LastError(std::string_view what) {
  return {base::Code::kIo, static_cast<std::uint64_t>(errno), what};
}

// A ping or report, from the moment that it is due to its final answer.
struct Shot {
  ShotKey key;
  std::int64_t planned_ns = 0;
  std::uint32_t body = 0;
  ShotKind kind = ShotKind::kCrashPing;
  bool is_kept = false;
  bool is_again = false;
};

// Which shots there are and when: the schedule of one stream.
class ShotStream {
 public:
  ShotStream(const StreamOptions& stream, const LoadOptions& options, const ReplayPopulation& population,
             bool is_reports)
      : stream_(stream),
        options_(options),
        population_(population),
        is_reports_(is_reports),
        random_(options.seed * 2 + (is_reports ? 1 : 0)) {}

  bool IsDone() const { return made_ == stream_.total || (options_.stop != nullptr && *options_.stop); }
  bool HasSchedule() const { return stream_.per_second > 0; }

  // When the next one is due, `start_ns` being when the schedule began; on the grid of ticks.
  std::int64_t NextNs(std::int64_t start_ns) const {
    const double after = static_cast<double>(made_) / stream_.per_second * static_cast<double>(kSecondNs);
    return start_ns + (static_cast<std::int64_t>(after) + kTickNs - 1) / kTickNs * kTickNs;
  }

  Shot Make(std::int64_t planned_ns) {
    ++made_;
    if (!acknowledged_.empty() && random_.Chance(options_.duplicates)) {
      Shot again = acknowledged_[random_.Below(acknowledged_.size())];
      again.planned_ns = planned_ns;
      again.is_again = true;
      return again;
    }
    Shot shot{.key = {random_.Next(), random_.Next()}, .planned_ns = planned_ns};
    const bool is_bad = random_.Chance(options_.bad);
    if (is_reports_) {
      shot.kind = is_bad ? ShotKind::kBadReport : ShotKind::kReport;
      shot.is_kept = random_.Chance(options_.kept);
    } else {
      const bool is_main = random_.Chance(options_.usage_share);
      shot.kind = is_bad ? ShotKind::kBadPing : is_main ? ShotKind::kMainPing : ShotKind::kCrashPing;
    }
    shot.body = population_.Draw(shot.kind, random_);
    return shot;
  }

  // It may be sent again from now on.
  void Remember(const Shot& shot) {
    if (shot.is_again || shot.kind == ShotKind::kBadReport) return;
    if (acknowledged_.size() < kRemembered) {
      acknowledged_.push_back(shot);
    } else {
      acknowledged_[forgotten_++ % kRemembered] = shot;
    }
  }

 private:
  StreamOptions stream_;
  const LoadOptions& options_;
  const ReplayPopulation& population_;
  bool is_reports_;
  ReplayRandom random_;
  std::uint64_t made_ = 0;
  std::vector<Shot> acknowledged_;
  std::size_t forgotten_ = 0;
};

// A connection to the server, and the shot that is on its way over it.
struct Wire {
  int fd = -1;
  bool is_connecting = false;
  bool is_busy = false;
  bool waits_for_room = false;  // The socket took a part of the request only.
  Shot shot;
  std::int64_t deadline_ns = 0;
  std::string head;
  std::string trailer;
  std::string_view rest;
  std::size_t sent = 0;
  std::string received;
};

class Load {
 public:
  Load(const LoadOptions& options, const ReplayPopulation& population, LedgerFile* ledger)
      : options_(options),
        population_(population),
        ledger_(ledger),
        pings_(options.pings, options, population, false),
        reports_(options.reports, options, population, true),
        wires_(options.connections),
        host_(options.host + ":" + std::to_string(options.port)) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    for (Wire& wire : wires_) Hang(wire);
    if (epoll_ >= 0) close(epoll_);
  }

  base::Result<LoadResult> Run() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) return LastError("epoll");
    const double cpu_before = CpuSecondsOfProcess();
    start_ns_ = NowNs();
    last_answer_ns_ = last_planned_ns_ = start_ns_;
    while (!IsOver()) {
      RETURN_IF_ERROR(status_);
      now_ns_ = NowNs();
      TakeEvents();
      PlanDue();
      RetryDue();
      SendWaiting();
      EndLate();
      Pause();
    }
    GiveUp();
    RETURN_IF_ERROR(status_);
    if (ledger_ != nullptr) RETURN_IF_ERROR(ledger_->Finish());
    result_.cpu_seconds = CpuSecondsOfProcess() - cpu_before;
    result_.seconds = static_cast<double>(last_answer_ns_ - start_ns_) * 1e-9;
    result_.planned_seconds = static_cast<double>(last_planned_ns_ - start_ns_) * 1e-9;
    return std::move(result_);
  }

 private:
  bool IsOver() {
    if (!pings_.IsDone() || !reports_.IsDone()) return false;
    if (waiting_.empty() && retries_.empty() && busy_ == 0) return true;
    if (end_ns_ == 0) end_ns_ = NowNs() + options_.patience_ms * kMsNs;
    return NowNs() > end_ns_;
  }

  KindResult& ResultOf(const Shot& shot) { return result_.kinds[static_cast<std::size_t>(shot.kind)]; }
  ShotStream& StreamOf(const Shot& shot) {
    const bool is_report = shot.kind == ShotKind::kReport || shot.kind == ShotKind::kBadReport;
    return is_report ? reports_ : pings_;
  }

  // Schedule -----------------------------------------------------------------------------------------------

  void PlanDue() {
    for (ShotStream* const stream : {&pings_, &reports_}) {
      if (stream->HasSchedule()) {
        while (!stream->IsDone() && stream->NextNs(start_ns_) <= now_ns_)
          Plan(*stream, stream->NextNs(start_ns_));
      } else {
        // As fast as answers come: no more waits than could be sent at once.
        while (!stream->IsDone() && waiting_.size() + busy_ < wires_.size()) Plan(*stream, now_ns_);
      }
    }
  }

  void Plan(ShotStream& stream, std::int64_t planned_ns) {
    const Shot shot = stream.Make(planned_ns);
    ++ResultOf(shot).sent;
    last_planned_ns_ = std::max(last_planned_ns_, planned_ns);
    waiting_.push_back(shot);
  }

  struct Retry {
    std::int64_t due_ns = 0;
    Shot shot;
    bool operator>(const Retry& other) const { return due_ns > other.due_ns; }
  };

  void RetryDue() {
    while (!retries_.empty() && retries_.top().due_ns <= now_ns_) {
      waiting_.push_back(retries_.top().shot);
      retries_.pop();
    }
  }

  void RetryLater(const Shot& shot) {
    ++ResultOf(shot).retries;
    retries_.push({now_ns_ + options_.retry_ms * kMsNs, shot});
  }

  // Until the next tick: what happens within one is looked at together, which costs far less than waking each
  // time.
  void Pause() const { SleepUntil(start_ns_ + ((NowNs() - start_ns_) / kTickNs + 1) * kTickNs); }

  // Sending ------------------------------------------------------------------------------------------------

  void SendWaiting() {
    for (std::size_t i = 0; i < wires_.size() && !waiting_.empty(); ++i) {
      Wire& wire = wires_[i];
      if (wire.is_busy) continue;
      if (wire.fd < 0 && !Connect(wire)) return;
      wire.shot = waiting_.front();
      waiting_.pop_front();
      wire.is_busy = true;
      ++busy_;
      Compose(wire);
      if (!wire.is_connecting) Send(wire);
    }
  }

  // False: not now.
  bool Connect(Wire& wire) {
    if (now_ns_ < connect_again_ns_) return false;
    wire.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (wire.fd < 0) {
      status_ = LastError("socket");
      return false;
    }
    const int on = 1;
    setsockopt(wire.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    inet_pton(AF_INET, options_.host.c_str(), &address.sin_addr);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface's idea of
    // inheritance.
    if (connect(wire.fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
        errno != EINPROGRESS) {
      connect_again_ns_ = now_ns_ + kConnectPauseNs;
      Hang(wire);
      return false;
    }
    wire.is_connecting = true;
    ++result_.connects;
    return Watch(wire, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
  }

  bool Watch(Wire& wire, int operation, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &wire;
    if (epoll_ctl(epoll_, operation, wire.fd, &event) == 0) return true;
    status_ = LastError("epoll");
    return false;
  }

  void Compose(Wire& wire) {
    const Shot& shot = wire.shot;
    const ReplayBody& body = population_.BodyOf(shot.kind, shot.body);
    const bool is_report = shot.kind == ShotKind::kReport || shot.kind == ShotKind::kBadReport;
    beginning_.clear();
    population_.AppendBeginning(shot.kind, shot.key, shot.is_kept, beginning_);
    wire.head = "POST ";
    population_.AppendTarget(shot.kind, shot.key, shot.body, wire.head);
    wire.head += " HTTP/1.1\r\nHost: ";
    wire.head += host_;
    wire.head += "\r\nContent-Encoding: gzip\r\nContent-Type: ";
    if (is_report) {
      wire.head += "multipart/form-data; boundary=";
      wire.head += kReportBoundary;
    } else {
      wire.head += "application/json; charset=UTF-8";
    }
    wire.head += "\r\nContent-Length: ";
    wire.head += std::to_string(body.BytesWith(beginning_));
    wire.head += "\r\n\r\n";
    wire.trailer.clear();
    if (!body.is_plain()) {
      ReplayBody::AppendBeginning(beginning_, wire.head);
      body.AppendTrailer(beginning_, wire.trailer);
    }
    wire.rest = body.rest();
    wire.sent = 0;
    wire.received.clear();
    wire.deadline_ns = now_ns_ + options_.timeout_ms * kMsNs;
  }

  void Send(Wire& wire) {
    std::array<iovec, 3> pieces{};
    std::size_t count = 0;
    std::size_t skip = wire.sent;
    for (const std::string_view piece :
         {std::string_view(wire.head), wire.rest, std::string_view(wire.trailer)}) {
      const std::size_t skipped = std::min(skip, piece.size());
      skip -= skipped;
      if (skipped == piece.size()) continue;
      pieces[count++] = {const_cast<char*>(piece.data()) + skipped, piece.size() - skipped};
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    const ssize_t bytes = count == 0 ? 0 : sendmsg(wire.fd, &message, MSG_NOSIGNAL);
    if (bytes < 0 && errno != EAGAIN && errno != EINTR) return Fail(wire);
    wire.sent += static_cast<std::size_t>(std::max<ssize_t>(bytes, 0));
    result_.bytes_sent += static_cast<std::uint64_t>(std::max<ssize_t>(bytes, 0));
    const bool is_whole = wire.sent == wire.head.size() + wire.rest.size() + wire.trailer.size();
    if (is_whole == wire.waits_for_room) {
      wire.waits_for_room = !is_whole;
      Watch(wire, EPOLL_CTL_MOD, wire.waits_for_room ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
  }

  // Answers ------------------------------------------------------------------------------------------------

  void TakeEvents() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
      for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(std::max(count, 0)))) {
        TakeEvent(*static_cast<Wire*>(event.data.ptr), event.events);
      }
      if (count < static_cast<int>(events.size())) return;
    }
  }

  void TakeEvent(Wire& wire, std::uint32_t events) {
    if (wire.is_connecting) {
      int error = 0;
      socklen_t size = sizeof(error);
      getsockopt(wire.fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) {
        connect_again_ns_ = now_ns_ + kConnectPauseNs;
        return NotConnected(wire);
      }
      if ((events & EPOLLOUT) == 0) return;
      wire.is_connecting = false;
      wire.waits_for_room = true;  // As it is watched now; Send changes that.
      if (wire.is_busy) return Send(wire);
      wire.waits_for_room = false;
      Watch(wire, EPOLL_CTL_MOD, EPOLLIN);
      return;
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) return Receive(wire);
    if ((events & EPOLLOUT) != 0 && wire.is_busy) Send(wire);
  }

  void Receive(Wire& wire) {
    std::array<char, 4096> buffer;
    const ssize_t bytes = recv(wire.fd, buffer.data(), buffer.size(), 0);
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (bytes <= 0) return wire.is_busy ? Fail(wire) : Hang(wire);
    if (!wire.is_busy) return Hang(wire);  // Nobody asked.
    std::string_view received(buffer.data(), static_cast<std::size_t>(bytes));
    if (!wire.received.empty()) {
      wire.received += received;
      received = wire.received;
    }
    const base::Result<std::optional<ReplayAnswer>> answer = ReadAnswer(received);
    if (!answer) return Fail(wire);
    if (!*answer) {
      if (wire.received.empty()) wire.received = received;
      return;
    }
    Judge(wire.shot, **answer);
    Free(wire);
    // A request that was answered before it was sent whole cannot be followed by another.
    if (!(*answer)->keeps_alive || wire.waits_for_room || (*answer)->bytes != received.size()) Hang(wire);
  }

  void Judge(const Shot& shot, const ReplayAnswer& answer) {
    KindResult& result = ResultOf(shot);
    ++result.statuses[answer.status];
    if (answer.status >= 500) return RetryLater(shot);
    last_answer_ns_ = now_ns_;
    result.latencies_us.push_back(static_cast<std::uint32_t>(
        std::clamp<std::int64_t>((now_ns_ - shot.planned_ns) / 1000, 0, UINT32_MAX)));
    if (answer.status != 200) {
      ++result.refused;
      return;
    }
    ++result.acknowledged;
    if (shot.is_again) ++result.again;
    LedgerEntry entry{.kind = shot.kind, .answer = std::string(kAnswerOk), .is_again = shot.is_again};
    if (shot.kind == ShotKind::kReport) {
      if (answer.body.starts_with("Discarded=")) {
        entry.answer = kAnswerDiscarded;
        ++result.discarded;
      } else if (answer.body.starts_with(kCrashIdLabel)) {
        entry.answer = answer.body.substr(kCrashIdLabel.size(), kCrashIdLength);
      }
    }
    Note(std::move(entry), shot);
    StreamOf(shot).Remember(shot);
  }

  void Note(LedgerEntry entry, const Shot& shot) {
    if (ledger_ == nullptr) return;
    entry.time_ms = os::UnixMillis();
    entry.key = shot.key.Uuid();
    if (const base::Status kept = ledger_->Append(entry); !kept) status_ = kept;
  }

  // Ends
  // -----------------------------------------------------------------------------------------------------

  void Free(Wire& wire) {
    wire.is_busy = false;
    --busy_;
  }

  void Hang(Wire& wire) {
    if (wire.fd >= 0) close(wire.fd);
    wire.fd = -1;
    wire.is_connecting = wire.waits_for_room = false;
  }

  // The connection ended with a shot on its way: nobody knows whether the server has it.
  void Fail(Wire& wire) {
    ++ResultOf(wire.shot).statuses[0];
    RetryLater(wire.shot);
    Free(wire);
    Hang(wire);
  }

  // Nothing was sent, so it is no other try.
  void NotConnected(Wire& wire) {
    Hang(wire);
    if (!wire.is_busy) return;
    Free(wire);
    waiting_.push_front(wire.shot);
  }

  void EndLate() {
    if (now_ns_ < late_check_ns_) return;
    late_check_ns_ = now_ns_ + kSecondNs;
    for (Wire& wire : wires_) {
      if (wire.is_busy && wire.deadline_ns < now_ns_) Fail(wire);
    }
  }

  void GiveUp() {
    const auto give_up = [this](const Shot& shot) {
      ++ResultOf(shot).unknown;
      Note({.kind = shot.kind, .answer = std::string(kAnswerNone)}, shot);
    };
    for (const Shot& shot : waiting_) give_up(shot);
    for (; !retries_.empty(); retries_.pop()) give_up(retries_.top().shot);
    for (const Wire& wire : wires_) {
      if (wire.is_busy) give_up(wire.shot);
    }
  }

  const LoadOptions& options_;
  const ReplayPopulation& population_;
  LedgerFile* const ledger_;
  ShotStream pings_;
  ShotStream reports_;
  std::vector<Wire> wires_;  // Never resized: epoll holds their addresses.
  const std::string host_;
  int epoll_ = -1;
  std::deque<Shot> waiting_;  // Due, and not sent.
  std::priority_queue<Retry, std::vector<Retry>, std::greater<>> retries_;
  std::size_t busy_ = 0;
  std::int64_t start_ns_ = 0;
  std::int64_t now_ns_ = 0;
  std::int64_t end_ns_ = 0;
  std::int64_t last_answer_ns_ = 0;
  std::int64_t last_planned_ns_ = 0;
  std::int64_t connect_again_ns_ = 0;
  std::int64_t late_check_ns_ = 0;
  std::string beginning_;
  base::Status status_;
  LoadResult result_;
};

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

}  // namespace

base::Result<LoadResult> RunLoad(const LoadOptions& options, const ReplayPopulation& population,
                                 LedgerFile* ledger) {
  return Load(options, population, ledger).Run();
}

base::Result<std::optional<ReplayAnswer>> ReadAnswer(std::string_view received) {
  const base::Error bad{base::Code::kBadValue, 0, "answer"};
  const std::size_t head_end = received.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    if (received.size() > kMaxAnswerBytes) return bad;
    return std::optional<ReplayAnswer>();
  }
  constexpr std::size_t kStatusPlace = 9;  // Behind "HTTP/1.1 ".
  ReplayAnswer answer;
  if (!received.starts_with("HTTP/1.") || head_end < kStatusPlace + 3) return bad;
  const char* const digits = received.data() + kStatusPlace;
  if (std::from_chars(digits, digits + 3, answer.status).ptr != digits + 3) return bad;
  std::optional<std::size_t> length;
  std::string_view head = received.substr(0, head_end + 2);
  for (std::size_t end = head.find("\r\n"); end != std::string_view::npos; end = head.find("\r\n")) {
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string_view value = line.substr(colon + 2);
    if (EqualsIgnoringCase(line.substr(0, colon), "content-length")) {
      std::size_t number = 0;
      const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (error != std::errc() || stop != value.data() + value.size() || number > kMaxAnswerBytes) return bad;
      length = number;
    } else if (EqualsIgnoringCase(line.substr(0, colon), "connection")) {
      answer.keeps_alive = !EqualsIgnoringCase(value, "close");
    }
  }
  if (!length) return bad;
  const std::size_t body = head_end + 4;
  if (received.size() - body < *length) return std::optional<ReplayAnswer>();
  answer.body = received.substr(body, *length);
  answer.bytes = body + *length;
  return std::optional<ReplayAnswer>(answer);
}

}  // namespace cairn::apps
