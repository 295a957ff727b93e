#include "formats/symfile/record_batches.h"

#include "formats/symfile/start_thread.h"

namespace cairn::symfile {

RecordBatches::RecordBatches(const TextSource& text, Parsing parsing, std::size_t piece_bytes)
    : pieces_(text, {0, text.size()}, piece_bytes) {
  if (parsing == Parsing::kByThread) thread_ = StartThreadIfAny([this] { FillAll(); });
}

RecordBatches::~RecordBatches() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_left_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::span<const ParsedLine> RecordBatches::Next() {
  if (is_at_end_) return {};
  if (!thread_.joinable()) {
    Fill(batches_[0]);
    is_at_end_ = batches_[0].lines.empty();
    return batches_[0].lines;
  }
  std::unique_lock lock(mutex_);
  released_ = taken_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return filled_ > taken_; });
  const Batch& batch = batches_[taken_++ % kBatches];
  is_at_end_ = batch.lines.empty();
  return batch.lines;
}

void RecordBatches::Fill(Batch& batch) {
  batch.lines.clear();
  if (!pieces_.Next()) return;
  batch.text = pieces_.lines();
  SymbolTextReader reader(base::AsBytes(batch.text), pieces_.offset());
  while (reader.Next()) batch.lines.push_back({reader.record(), reader.line_offset()});
}

void RecordBatches::FillAll() {
  for (bool is_last = false; !is_last;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_left_ || filled_ - released_ < kBatches; });
    if (is_left_) return;
    Batch& batch = batches_[filled_ % kBatches];
    lock.unlock();
    Fill(batch);
    is_last = batch.lines.empty();
    lock.lock();
    ++filled_;
    changed_.notify_all();
  }
}

}  // namespace cairn::symfile
