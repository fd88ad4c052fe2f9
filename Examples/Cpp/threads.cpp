// Scans a directory with threads of its own: each has a scanner, and all share one engine.
//
//   c++ -std=c++17 -pthread threads.cpp -o threads $(pkg-config --cflags --libs trawl)
//   ./threads rules.yar /srv 8
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <trawl.hpp>
#include <utility>
#include <vector>

namespace {

std::vector<std::string> files(const std::string &folder) {
  std::vector<std::string> paths;
  const auto options = std::filesystem::directory_options::skip_permission_denied;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(folder, options)) {
    if (entry.is_regular_file() && !entry.is_symlink()) paths.push_back(entry.path().string());
  }
  return paths;
}

// Work that the threads share: they take one file after another.
struct Work {
  explicit Work(std::vector<std::string> files) : paths(std::move(files)) {}

  const std::vector<std::string> paths;
  std::atomic<std::size_t> next{0};
  std::mutex mutex; // of what follows
  std::uint64_t matched = 0, clean = 0, unscanned = 0;
  std::exception_ptr failure;
};

void scan(const trawl::engine &engine, Work &work) try {
  trawl::scanner scanner(engine);
  for (std::size_t i = work.next++; i < work.paths.size(); i = work.next++) {
    const trawl::result result = scanner.scan_file(work.paths[i]);
    if (const trawl_finding *finding = result.finding()) {
      const std::lock_guard<std::mutex> guard(work.mutex);
      std::printf("%s: %s\n", work.paths[i].c_str(), finding->rule.data);
    }
  }
  const trawl_ledger ledger = scanner.ledger();
  const std::lock_guard<std::mutex> guard(work.mutex);
  work.matched += ledger.matched;
  work.clean += ledger.clean;
  work.unscanned += ledger.skipped + ledger.failed;
} catch (...) {
  const std::lock_guard<std::mutex> guard(work.mutex);
  work.failure = std::current_exception();
}

} // namespace

int main(int argc, char **argv) try {
  if (argc != 4) {
    std::fprintf(stderr, "usage: threads RULES DIRECTORY COUNT\n");
    return 64;
  }
  const trawl::engine engine = trawl::compiler().add_file(argv[1]).build();
  Work work(files(argv[2]));
  std::vector<std::thread> threads;
  for (int i = 0; i < std::atoi(argv[3]); i++) {
    threads.emplace_back([&] { scan(engine, work); });
  }
  for (std::thread &thread : threads) thread.join();
  if (work.failure) std::rethrow_exception(work.failure);
  std::printf("%llu matched, %llu clean, %llu not scanned\n", (unsigned long long)work.matched,
              (unsigned long long)work.clean, (unsigned long long)work.unscanned);
  return work.matched > 0 ? 1 : 0;
} catch (const std::exception &error) {
  std::fprintf(stderr, "threads: %s\n", error.what());
  return 2;
}
