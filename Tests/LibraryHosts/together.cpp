// Two engines in one process, scans that are cancelled, callbacks that throw, and scanners of eight threads,
// all at the same time: each must find what it would find alone. Ends with 0 if so.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <trawl.hpp>
#include <vector>

namespace {

void require(bool holds, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "together: %s\n", what);
  std::abort();
}

trawl::engine engine(const std::string &word) {
  return trawl::compiler()
      .add_text("rules", "rule " + word + " { strings: $a = \"" + word + "\" condition: $a }")
      .build();
}

// An item of which reading fails after some bytes.
class Broken : public trawl::content {
public:
  std::uint64_t size() const override { return 3 << 20; }
  std::size_t read(std::uint64_t offset, void *buffer, std::size_t count) override {
    if (offset > 1 << 20) throw std::runtime_error("the disk is gone");
    std::memset(buffer, 'x', count);
    return count;
  }
};

// An item without an end.
class Endless : public trawl::content {
public:
  std::uint64_t size() const override { return std::uint64_t(1) << 62; }
  std::size_t read(std::uint64_t, void *buffer, std::size_t count) override {
    std::memset(buffer, 'x', count);
    started = true;
    return count;
  }
  std::atomic<bool> started{false};
};

void scans_memory(const trawl::engine &engine, const std::string &word) {
  trawl::scanner scanner(engine);
  for (int i = 0; i < 200; i++) {
    const std::string text = (i % 2 ? "apple" : "berry") + std::to_string(i);
    const trawl::result result = scanner.scan_memory("text", text.data(), text.size());
    require(result.matched() == (text.compare(0, 5, word) == 0), "a scanner found something else");
    if (result.finding()) {
      require(trawl::string(result.finding()->rule) == word, "another engine's rule matched");
    }
  }
}

void throws_in_records(const trawl::engine &engine) {
  for (int i = 0; i < 20; i++) {
    trawl::scan scan(engine);
    for (int item = 0; item < 20; item++) scan.add_memory("item", "an apple", 8);
    int calls = 0;
    try {
      scan.run([&](const trawl_record *) {
        calls++;
        throw std::logic_error("the host's own");
      });
      require(false, "the exception was lost");
    } catch (const std::logic_error &error) {
      require(std::string(error.what()) == "the host's own", "another exception");
      require(calls == 1, "the callback was called again");
    }
  }
}

void throws_in_content(const trawl::engine &engine) {
  for (int i = 0; i < 20; i++) {
    trawl::scanner scanner(engine);
    try {
      scanner.scan("broken", std::make_shared<Broken>());
      require(false, "the exception was lost");
    } catch (const std::runtime_error &error) {
      require(std::string(error.what()) == "the disk is gone", "another exception");
    }
    // The scanner is as good as before.
    require(scanner.scan_memory("text", "an apple", 8).matched(), "the scanner is broken");
    trawl::scan scan(engine);
    scan.add("broken", std::make_shared<Broken>()).add_memory("text", "an apple", 8);
    int findings = 0;
    try {
      scan.run([&](const trawl_record *record) { findings += trawl_record_finding(record) != nullptr; });
      require(false, "the exception was lost");
    } catch (const std::runtime_error &) {
      require(findings == 1, "the other item was not scanned");
    }
  }
}

void cancels(const trawl::engine &engine) {
  for (int i = 0; i < 5; i++) {
    auto endless = std::make_shared<Endless>();
    trawl::scan scan(engine);
    scan.add("endless", endless);
    std::thread other([&] {
      while (!endless->started) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      scan.cancel();
    });
    try {
      scan.run([](const trawl_record *) {});
      require(false, "a cancelled scan ended as if it were complete");
    } catch (const trawl::error &error) {
      require(error.status() == TRAWL_CANCELLED, error.what());
    }
    other.join();
    // So is a scanner.
    trawl::scanner scanner(engine);
    auto item = std::make_shared<Endless>();
    std::thread third([&] {
      while (!item->started) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      scanner.cancel();
    });
    require(scanner.scan("endless", item).outcome() == TRAWL_FAILED, "an endless item ended");
    third.join();
  }
}

} // namespace

int main() {
  const trawl::engine apple = engine("apple"), berry = engine("berry");
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; i++) {
    threads.emplace_back([&] { scans_memory(apple, "apple"); });
    threads.emplace_back([&] { scans_memory(berry, "berry"); });
  }
  threads.emplace_back([&] { throws_in_records(apple); });
  threads.emplace_back([&] { throws_in_content(apple); });
  threads.emplace_back([&] { cancels(apple); });
  threads.emplace_back([&] { cancels(berry); });
  for (std::thread &thread : threads) thread.join();
  std::puts("together: no interference");
  return 0;
}
