// Runs one fuzz harness without a fuzzing engine: every file of its corpus, then mutations of them for a
// while.
//
// usage: HARNESS_corpus CORPUS_FOLDER
// CAIRN_FUZZ_SECONDS (2) bounds the mutations. This is the short version that every test run affords, with
// any compiler; `make fuzz` runs the same harness under libFuzzer. The mutations are the same in every run,
// so a finding repeats.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Of a harness that knows the form of its input.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                                     std::size_t max_size, unsigned int seed);

namespace {

using Input = std::vector<std::uint8_t>;

std::vector<Input> ReadCorpus(const std::filesystem::path& folder) {
  std::vector<Input> inputs = {{}};
  if (!std::filesystem::is_directory(folder)) return inputs;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

// What breaks parsers most: flipped bits, numbers at the edges of their range, cut, doubled and crossed
// pieces.
class Mutator {
 public:
  explicit Mutator(const std::vector<Input>& corpus) : corpus_(corpus) {}

  Input Next() {
    Input input = corpus_[Below(corpus_.size())];
    if (LLVMFuzzerCustomMutator != nullptr && Below(2) == 0) {
      const std::size_t size = input.size();
      input.resize(size + kMaxGrowth);
      input.resize(
          LLVMFuzzerCustomMutator(input.data(), size, input.size(), static_cast<unsigned int>(random_())));
      return input;
    }
    for (std::size_t steps = 1 + Below(6); steps > 0; --steps) Mutate(input);
    return input;
  }

 private:
  std::size_t Below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void Mutate(Input& input) {
    switch (Below(6)) {
      case 0:
        if (!input.empty()) input[Below(input.size())] ^= static_cast<std::uint8_t>(1u << Below(8));
        return;
      case 1: return WriteEdge(input);
      case 2: return input.resize(Below(input.size() + 1));
      case 3:
        if (input.size() < kMaxInput) input.insert(At(input), static_cast<std::uint8_t>(random_()));
        return;
      case 4: return CopyPiece(input, input);
      default: return CopyPiece(input, corpus_[Below(corpus_.size())]);
    }
  }

  void WriteEdge(Input& input) {
    static constexpr std::uint64_t kEdges[] = {0,
                                               1,
                                               0x7f,
                                               0x80,
                                               0xff,
                                               0x7fff,
                                               0x8000,
                                               0xffff,
                                               0x7fffffff,
                                               0x80000000,
                                               0xffffffff,
                                               0x7fffffffffffffff,
                                               0x8000000000000000,
                                               ~0ull};
    const std::uint64_t value = kEdges[Below(std::size(kEdges))];
    const std::size_t width = std::size_t{1} << Below(4);
    if (input.size() < width) return;
    const std::size_t start = Below(input.size() - width + 1);
    for (std::size_t i = 0; i < width; ++i) input[start + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }

  void CopyPiece(Input& input, const Input& source) {
    if (source.empty()) return;
    const std::size_t start = Below(source.size());
    const std::size_t length = 1 + Below(std::min<std::size_t>(source.size() - start, 64));
    const Input piece(source.begin() + static_cast<std::ptrdiff_t>(start),
                      source.begin() + static_cast<std::ptrdiff_t>(start + length));
    if (input.size() + length <= kMaxInput) input.insert(At(input), piece.begin(), piece.end());
  }

  Input::iterator At(Input& input) {
    return input.begin() + static_cast<std::ptrdiff_t>(Below(input.size() + 1));
  }

  static constexpr std::size_t kMaxInput = 1 << 20;
  static constexpr std::size_t kMaxGrowth = 1 << 12;  // Of one step of a harness's own.

  const std::vector<Input>& corpus_;
  std::mt19937_64 random_{20260101};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " CORPUS_FOLDER\n";
    return 2;
  }
  const char* const asked = std::getenv("CAIRN_FUZZ_SECONDS");
  const std::chrono::seconds seconds(asked == nullptr ? 2 : std::atoi(asked));

  const std::vector<Input> corpus = ReadCorpus(argv[1]);
  for (const Input& input : corpus) LLVMFuzzerTestOneInput(input.data(), input.size());

  Mutator mutator(corpus);
  std::size_t count = 0;
  for (const auto end = std::chrono::steady_clock::now() + seconds; std::chrono::steady_clock::now() < end;
       ++count) {
    const Input input = mutator.Next();
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::cout << corpus.size() << " inputs of the corpus and " << count << " mutations\n";
  return 0;
}
