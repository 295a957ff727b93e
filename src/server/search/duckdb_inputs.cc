#include "server/search/duckdb_inputs.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "server/search/duckdb_sql.h"

namespace cairn::search {
namespace {

constexpr std::size_t kMaxFramesKept = 300'000;  // From page to page: some 100 MB.

// In the connection's temporary space, so that nobody else sees it.
base::Status CountCrashes(DuckConnection& connection, std::span<const DuckDbCrashes::File> files) {
  const std::string source = files.empty()
                                 ? "(SELECT 0::BIGINT AS input_number, NULL::UUID AS uuid WHERE false) c"
                                 : CrashSource(PartsOf(files), "c.input_number, c.uuid");
  return connection.Execute(
      "CREATE TEMP TABLE input_crashes AS SELECT c.input_number, count(*) AS crashes, "
      "CAST(min(c.uuid) AS VARCHAR) AS example FROM " +
      source + " GROUP BY c.input_number");
}

}  // namespace

std::string JoinNumbers(std::span<const std::int64_t> numbers) {
  std::string joined;
  for (const std::int64_t number : numbers) joined += (joined.empty() ? "" : ", ") + std::to_string(number);
  return joined;
}

std::vector<std::int64_t> SplitNumbers(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const char* const end = text.data() + text.size();
  for (const char* begin = text.data(); begin < end;) {
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc()) break;
    numbers.push_back(number);
    begin = stop + 1;
  }
  return numbers;
}

base::Result<std::unique_ptr<InputReader>> DuckDbInputReader::Open(Parts parts,
                                                                   std::span<const DuckDbCrashes::File> files,
                                                                   const InputQuestion& question) {
  std::unique_ptr<DuckDbInputReader> reader(new DuckDbInputReader(std::move(parts), question));
  using Opened = std::unique_ptr<InputReader>;
  DuckConnection& connection = reader->connection_;
  return InTime<Opened>(*reader->watch_, reader->deadline_, connection, [&]() -> base::Result<Opened> {
    RETURN_IF_ERROR(
        CountCrashes(connection, question.with_crashes ? files : std::span<const DuckDbCrashes::File>()));
    RETURN_IF_ERROR(reader->ForgetFrames());
    return Opened(std::move(reader));
  });
}

base::Result<std::span<const StoredInput>> DuckDbInputReader::Next(std::size_t inputs_max) {
  return InTime<std::span<const StoredInput>>(*watch_, deadline_, connection_,
                                              [&] { return ReadPage(inputs_max); });
}

base::Result<std::span<const StoredInput>> DuckDbInputReader::ReadPage(std::size_t inputs_max) {
  inputs_.clear();
  stacks_.clear();
  if (frames_.size() > kMaxFramesKept) RETURN_IF_ERROR(ForgetFrames());
  RETURN_IF_ERROR(PickPage(std::clamp<std::size_t>(inputs_max, 1, kMaxInputsPerPage)));
  RETURN_IF_ERROR(ReadAddresses());
  RETURN_IF_ERROR(ReadNames());
  RETURN_IF_ERROR(ReadStacks());
  RETURN_IF_ERROR(ReadInputs());
  if (!inputs_.empty()) after_ = inputs_.back().id;
  return std::span<const StoredInput>(inputs_);
}

base::Status DuckDbInputReader::PickPage(std::size_t inputs_max) {
  const std::string& catalog = dictionary_->catalog;
  std::string which = after_ ? " WHERE id > " + std::to_string(*after_) : " WHERE true";
  if (!only_.empty()) which += " AND id IN (" + JoinNumbers(only_) + ")";
  return connection_.Execute(
      "CREATE OR REPLACE TEMP TABLE page_inputs AS SELECT * FROM " + catalog + ".signature_inputs" + which +
      " ORDER BY id LIMIT " + std::to_string(inputs_max) +
      "; CREATE OR REPLACE TEMP TABLE page_stacks AS SELECT id, address_ids FROM " + catalog +
      ".stacks WHERE id IN (SELECT stack_id FROM page_inputs UNION ALL SELECT unnest(more_stack_ids) FROM "
      "page_inputs); CREATE OR REPLACE TEMP TABLE page_addresses AS SELECT DISTINCT unnest(address_ids) AS "
      "id FROM page_stacks EXCEPT FROM seen_addresses; INSERT INTO seen_addresses FROM page_addresses");
}

base::Status DuckDbInputReader::ForgetFrames() {
  frame_of_address_.clear();
  frames_.clear();
  return connection_.Execute("CREATE OR REPLACE TEMP TABLE seen_addresses (id BIGINT)");
}

base::Status DuckDbInputReader::ReadAddresses() {
  ASSIGN_OR_RETURN(DuckRows rows,
                   connection_.Query("SELECT id, module, debug_id, module_offset FROM " +
                                     dictionary_->catalog + ".addresses WHERE id IN (FROM page_addresses)"));
  while (rows.Next()) {
    StackFrame& frame = frames_.emplace_back();
    frame.module = rows.Text(1);
    frame.debug_id = rows.Text(2);
    frame.module_offset = static_cast<std::uint64_t>(rows.Integer(3));
    frame_of_address_[rows.Integer(0)] = &frame;
  }
  return {};
}

base::Status DuckDbInputReader::ReadNames() {
  const std::string& catalog = dictionary_->catalog;
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection_.Query("SELECT n.address_id, f.function, f.file, n.line FROM " + catalog +
                        ".address_frames n JOIN " + catalog +
                        ".frames f ON f.id = n.frame_id WHERE n.address_id IN (FROM page_addresses) ORDER BY "
                        "n.address_id, n.position"));
  while (rows.Next()) {
    const auto frame = frame_of_address_.find(rows.Integer(0));
    if (frame == frame_of_address_.end()) continue;
    frame->second->names.push_back({rows.Text(1), rows.Text(2), static_cast<std::uint32_t>(rows.Integer(3))});
  }
  return {};
}

base::Status DuckDbInputReader::ReadStacks() {
  ASSIGN_OR_RETURN(DuckRows rows,
                   connection_.Query("SELECT id, array_to_string(address_ids, ' ') FROM page_stacks"));
  while (rows.Next()) {
    BorrowedStack& stack = stacks_[rows.Integer(0)];
    for (const std::int64_t address : SplitNumbers(rows.Text(1))) {
      const auto frame = frame_of_address_.find(address);
      if (frame != frame_of_address_.end()) stack.push_back(frame->second);
    }
  }
  return {};
}

base::Status DuckDbInputReader::ReadInputs() {
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection_.Query("SELECT i.id, i.stack_id, array_to_string(i.more_stack_ids, ' '), i.platform, "
                        "i.reason, i.annotations, s.signature, s.proto_signature, s.signature_group, "
                        "n.crashes, n.example FROM page_inputs i LEFT JOIN " +
                        dictionary_->catalog +
                        ".signatures s ON s.input_id = i.id LEFT JOIN input_crashes n ON n.input_number = "
                        "i.number ORDER BY i.id"));
  while (rows.Next()) {
    StoredInput& input = inputs_.emplace_back();
    input.id = rows.Integer(0);
    input.stack = stacks_[rows.Integer(1)];
    for (const std::int64_t stack : SplitNumbers(rows.Text(2))) input.more_stacks.push_back(stacks_[stack]);
    input.platform = rows.Text(3);
    input.reason = rows.Text(4);
    input.annotations_json = rows.Text(5);
    input.signature = {rows.Text(6), rows.Text(7), rows.Text(8)};
    input.crashes = static_cast<std::uint64_t>(rows.Integer(9));
    input.example = rows.Text(10);
  }
  return {};
}

base::Result<std::vector<std::string>> FollowSignatureIn(DuckConnection& connection,
                                                         const DuckDbFile& dictionary,
                                                         std::string_view signature) {
  const std::string signatures = dictionary.catalog + ".signatures";
  const std::vector<Value> parameters(2, std::string(signature));
  ASSIGN_OR_RETURN(DuckRows rows,
                   connection.Query("SELECT signature FROM " + signatures +
                                        " WHERE signature = ? UNION SELECT s.signature FROM " +
                                        dictionary.catalog + ".past_signatures p JOIN " + signatures +
                                        " s ON s.input_id = p.input_id WHERE p.signature = ? AND s.signature "
                                        "IS NOT NULL ORDER BY 1",
                                    parameters));
  std::vector<std::string> found;
  while (rows.Next()) found.push_back(rows.Text(0));
  return found;
}

}  // namespace cairn::search
