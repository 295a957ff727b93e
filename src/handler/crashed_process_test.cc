#include "handler/crashed_process.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>

#include "wire/crash_note.h"

namespace cairn::handler {
namespace {

void Append(std::vector<std::byte>& bytes, const void* from, std::size_t size) {
  const auto* const first = static_cast<const std::byte*>(from);
  bytes.insert(bytes.end(), first, first + size);
}

void AppendRecord(std::vector<std::byte>& note, wire::NoteRecordKind kind, std::uint64_t address,
                  std::string_view text) {
  const wire::NoteRecord record{kind, static_cast<std::uint32_t>(text.size()), address};
  Append(note, &record, sizeof(record));
  Append(note, text.data(), text.size());
}

std::vector<std::byte> MakeNote() {
  std::vector<std::byte> note;
  const wire::CrashRequest request{.process_id = 42};
  Append(note, &request, sizeof(request));
  AppendRecord(note, wire::NoteRecordKind::kMaps, 0, "first ");
  AppendRecord(note, wire::NoteRecordKind::kMemory, 0x1000, "memory");
  AppendRecord(note, wire::NoteRecordKind::kMaps, 0, "second");
  return note;
}

TEST(NotedProcessTest, GivesWhatTheNoteHolds) {
  const std::vector<std::byte> note = MakeNote();
  const auto process = NotedProcess::Create(note);
  ASSERT_TRUE(process.has_value());
  EXPECT_EQ(process->request().process_id, 42);
  EXPECT_EQ(*process->ReadFile(wire::ProcessFile::kMaps), "first second");
  EXPECT_FALSE(process->ReadFile(wire::ProcessFile::kStat).has_value());
  EXPECT_EQ(base::AsText(process->ReadBlock({0x1002}, 100)), "mory");
  EXPECT_TRUE(process->ReadBlock({0x1006}, 1).empty());
  EXPECT_TRUE(process->ReadBlock({0xfff}, 1).empty());
}

TEST(NotedProcessTest, ANoteThatIsCutShortGivesTheRest) {
  std::vector<std::byte> note = MakeNote();
  note.resize(note.size() - 3);
  const auto process = NotedProcess::Create(note);
  ASSERT_TRUE(process.has_value());
  EXPECT_EQ(*process->ReadFile(wire::ProcessFile::kMaps), "first ");
}

TEST(NotedProcessTest, OtherFilesAreNoNotes) {
  EXPECT_FALSE(NotedProcess::Create({}).has_value());
  std::vector<std::byte> note = MakeNote();
  note[0] = std::byte{99};
  EXPECT_FALSE(NotedProcess::Create(note).has_value());
}

TEST(LocalProcessTest, ReadsUpToWhatIsNotThere) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  auto* const memory = static_cast<std::byte*>(
      mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  munmap(memory + page, page);
  const LocalProcess process(getpid());
  const auto start = reinterpret_cast<std::uint64_t>(memory) + page - 100;
  EXPECT_EQ(process.ReadBlock({start}, 500).size(), 100U);
  munmap(memory, page);
}

// Answers memory questions as the client does, from `text` at address 0x1000, until the other end closes.
void Answer(int conversation, std::string_view text) {
  wire::MemoryQuery query;
  while (recv(conversation, &query, sizeof(query), 0) == sizeof(query)) {
    const bool is_there = query.address >= 0x1000 && query.address + query.size <= 0x1000 + text.size();
    const std::string_view part = is_there ? text.substr(query.address - 0x1000, query.size) : "";
    std::vector<std::byte> packet;
    const std::uint64_t size = part.size();
    Append(packet, &size, sizeof(size));
    Append(packet, part.data(), part.size());
    if (send(conversation, packet.data(), packet.size(), MSG_NOSIGNAL) < 0) return;
  }
}

TEST(AnsweringProcessTest, ReadsByQuestionsAndStopsWhereThereIsNothing) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  const std::string text(4096 + 50000, 'x');
  std::thread answering([&] { Answer(ends[1], text); });
  const AnsweringProcess process(getpid(), ends[0]);
  EXPECT_EQ(process.ReadBlock({0x1100}, 40000).size(), 40000U);
  EXPECT_TRUE(process.ReadBlock({0x500}, 10).empty());
  close(ends[0]);
  answering.join();
  close(ends[1]);
}

TEST(AnsweringProcessTest, AProcessThatIsGoneGivesNothing) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  close(ends[1]);
  const AnsweringProcess process(getpid(), ends[0]);
  EXPECT_TRUE(process.ReadBlock({0x1000}, 10).empty());
  close(ends[0]);
}

}  // namespace
}  // namespace cairn::handler
