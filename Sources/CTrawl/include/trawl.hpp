// trawl.hpp – trawl.h for C++11 and later: owners, exceptions, and callbacks that may throw.
//
// Everything is inline. A failed call throws trawl::error. No exception of a callback passes through the
// library: one of a record callback stops the scan, one of a content makes its item a failed one, and the
// function that was called throws the first of them at its end. The rules for threads are those of
// trawl.h: an engine is shared, a scanner belongs to one thread.
#ifndef TRAWL_HPP
#define TRAWL_HPP

#include "trawl.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace trawl {

/// A failed call.
class error : public std::runtime_error {
public:
  error(trawl_status status, const std::string &message)
      : std::runtime_error(message), status_(status) {}

  /// Status of the call.
  trawl_status status() const noexcept { return status_; }

private:
  trawl_status status_;
};

namespace detail {

/// Runs a function of the library; throws its error.
template <class Call> void check(Call call) {
  trawl_error *failure = nullptr;
  trawl_status status = call(&failure);
  if (status == TRAWL_OK) return;
  std::string message = failure ? trawl_error_message(failure) : "trawl";
  trawl_error_free(failure);
  throw error(status, message);
}

/// The first exception of the callbacks of one call.
class caught {
public:
  void keep() noexcept {
    std::lock_guard<std::mutex> guard(mutex_);
    if (!exception_) exception_ = std::current_exception();
  }

  /// Throws the exception, if there is one, in place of the library's error.
  void rethrow() {
    std::lock_guard<std::mutex> guard(mutex_);
    if (!exception_) return;
    std::exception_ptr exception;
    std::swap(exception, exception_);
    std::rethrow_exception(exception);
  }

private:
  std::mutex mutex_;
  std::exception_ptr exception_;
};

template <class Object, void (*Free)(Object *)> struct deleter {
  void operator()(Object *object) const noexcept { Free(object); }
};

} // namespace detail

/// The text of a value; empty if it does not apply.
inline std::string string(const trawl_text &text) {
  return text.data ? std::string(text.data, text.size) : std::string();
}

/// Options with their defaults.
inline trawl_options options() noexcept {
  trawl_options options = TRAWL_OPTIONS_INIT;
  return options;
}

/// Compiled rules, shared by all threads; copies are references to the same.
class engine {
public:
  /// The built-in signatures.
  static engine builtin() {
    trawl_engine *made = nullptr;
    detail::check([&](trawl_error **error) { return trawl_engine_create_builtin(&made, error); });
    return engine(made);
  }

  /// Takes over a reference.
  explicit engine(trawl_engine *adopted) noexcept : engine_(adopted) {}
  engine(const engine &other) noexcept : engine_(trawl_engine_retain(other.engine_)) {}
  engine(engine &&other) noexcept : engine_(other.engine_) { other.engine_ = nullptr; }
  engine &operator=(engine other) noexcept {
    std::swap(engine_, other.engine_);
    return *this;
  }
  ~engine() { trawl_engine_release(engine_); }

  trawl_engine *get() const noexcept { return engine_; }

private:
  trawl_engine *engine_;
};

/// Collects rules for an engine.
class compiler {
public:
  compiler() {
    trawl_compiler *made = nullptr;
    detail::check([&](trawl_error **error) { return trawl_compiler_create(&made, error); });
    compiler_.reset(made);
  }

  compiler &add_text(const std::string &name, const std::string &text,
                     const std::string &name_space = "default") {
    detail::check([&](trawl_error **error) {
      return trawl_compiler_add_text(compiler_.get(), name.c_str(), name_space.c_str(),
                                     text.data(), text.size(), error);
    });
    return *this;
  }

  compiler &add_file(const std::string &path, const std::string &name_space = "default") {
    detail::check([&](trawl_error **error) {
      return trawl_compiler_add_file(compiler_.get(), path.c_str(), name_space.c_str(), error);
    });
    return *this;
  }

  engine build() {
    trawl_engine *made = nullptr;
    detail::check([&](trawl_error **error) {
      return trawl_compiler_build(compiler_.get(), &made, error);
    });
    return engine(made);
  }

  /// For the functions of trawl.h that have no method here.
  trawl_compiler *get() const noexcept { return compiler_.get(); }

private:
  std::unique_ptr<trawl_compiler, detail::deleter<trawl_compiler, trawl_compiler_free>> compiler_;
};

/// Content that the host provides. A method that throws makes the scan rethrow the exception.
class content {
public:
  virtual ~content() {}
  /// Size in bytes.
  virtual std::uint64_t size() const = 0;
  /// Fills `buffer` with `count` bytes from `offset`; returns their number, fewer only at the end.
  virtual std::size_t read(std::uint64_t offset, void *buffer, std::size_t count) = 0;
  /// Number of bytes from `offset` that are known to be zeros.
  virtual std::uint64_t zeros(std::uint64_t offset) {
    (void)offset;
    return 0;
  }
};

namespace detail {

/// State that the callbacks of a reader use: it lives until the library releases it.
struct reading {
  std::shared_ptr<content> bytes;
  std::shared_ptr<caught> exceptions;

  static reading &of(void *user) { return *static_cast<reading *>(user); }

  static std::int64_t read(void *user, std::uint64_t offset, void *buffer,
                           std::size_t count) noexcept {
    try {
      return static_cast<std::int64_t>(of(user).bytes->read(offset, buffer, count));
    } catch (...) {
      of(user).exceptions->keep();
      return -1;
    }
  }

  static std::uint64_t zeros(void *user, std::uint64_t offset) noexcept {
    try {
      return of(user).bytes->zeros(offset);
    } catch (...) {
      of(user).exceptions->keep();
      return 0;
    }
  }

  static void release(void *user) noexcept { delete static_cast<reading *>(user); }

  static trawl_reader reader(std::shared_ptr<content> bytes, std::shared_ptr<caught> exceptions) {
    trawl_reader reader = TRAWL_READER_INIT;
    reader.size = bytes->size();
    reader.read = read;
    reader.zeros = zeros;
    reader.release = release;
    reader.user = new reading{std::move(bytes), std::move(exceptions)};
    return reader;
  }
};

} // namespace detail

/// Result of one item.
class result {
public:
  explicit result(trawl_result *adopted) noexcept : result_(adopted) {}

  /// TRAWL_CLEAN, TRAWL_MATCHED, TRAWL_SKIPPED or TRAWL_FAILED.
  std::int32_t outcome() const noexcept { return trawl_result_outcome(result_.get()); }
  bool matched() const noexcept { return outcome() == TRAWL_MATCHED; }
  std::size_t record_count() const noexcept { return trawl_result_record_count(result_.get()); }
  /// Lives as long as the result.
  const trawl_record *record(std::size_t index) const noexcept {
    return trawl_result_record(result_.get(), index);
  }
  /// The finding; null if nothing matched.
  const trawl_finding *finding() const noexcept { return trawl_record_finding(record(0)); }

private:
  std::unique_ptr<trawl_result, detail::deleter<trawl_result, trawl_result_free>> result_;
};

/// Scans one item after another on the calling thread; each thread has its own.
class scanner {
public:
  explicit scanner(const engine &rules, const trawl_options &options = trawl::options()) {
    trawl_scanner *made = nullptr;
    detail::check([&](trawl_error **error) {
      return trawl_scanner_create(rules.get(), &options, &made, error);
    });
    scanner_.reset(made);
  }

  result scan_memory(const std::string &name, const void *data, std::size_t size) {
    return run([&](trawl_result **result, trawl_error **error) {
      return trawl_scanner_scan_memory(scanner_.get(), name.c_str(), data, size, result, error);
    });
  }

  result scan_file(const std::string &path) {
    return run([&](trawl_result **result, trawl_error **error) {
      return trawl_scanner_scan_file(scanner_.get(), path.c_str(), result, error);
    });
  }

  result scan_descriptor(const std::string &name, int descriptor) {
    return run([&](trawl_result **result, trawl_error **error) {
      return trawl_scanner_scan_descriptor(scanner_.get(), name.c_str(), descriptor, result, error);
    });
  }

  /// Scans content of the host; throws what its methods throw.
  result scan(const std::string &name, std::shared_ptr<content> bytes) {
    auto exceptions = std::make_shared<detail::caught>();
    trawl_reader reader = detail::reading::reader(std::move(bytes), exceptions);
    result scanned = run([&](trawl_result **result, trawl_error **error) {
      return trawl_scanner_scan_reader(scanner_.get(), name.c_str(), &reader, result, error);
    });
    exceptions->rethrow();
    return scanned;
  }

  /// Ends the item in progress and every later one; from any thread.
  void cancel() noexcept { trawl_scanner_cancel(scanner_.get()); }

  trawl_ledger ledger() const {
    trawl_ledger ledger;
    detail::check([&](trawl_error **error) {
      return trawl_scanner_ledger(scanner_.get(), &ledger, sizeof ledger, error);
    });
    return ledger;
  }

private:
  template <class Call> result run(Call call) {
    trawl_result *made = nullptr;
    detail::check([&](trawl_error **error) { return call(&made, error); });
    return result(made);
  }

  std::unique_ptr<trawl_scanner, detail::deleter<trawl_scanner, trawl_scanner_free>> scanner_;
};

/// Scans files, directories and images on threads of its own.
class scan {
public:
  explicit scan(const engine &rules, const trawl_options &options = trawl::options())
      : exceptions_(std::make_shared<detail::caught>()) {
    trawl_scan *made = nullptr;
    detail::check([&](trawl_error **error) {
      return trawl_scan_create(rules.get(), &options, &made, error);
    });
    scan_.reset(made);
  }

  scan &add_path(const std::string &path, std::int32_t kind = TRAWL_AUTO) {
    detail::check([&](trawl_error **error) {
      return trawl_scan_add_path(scan_.get(), path.c_str(), kind, error);
    });
    return *this;
  }

  /// Adds a copy of bytes.
  scan &add_memory(const std::string &name, const void *data, std::size_t size) {
    detail::check([&](trawl_error **error) {
      return trawl_scan_add_memory(scan_.get(), name.c_str(), data, size, nullptr, nullptr, error);
    });
    return *this;
  }

  /// Adds an item that the host provides.
  scan &add(const std::string &name, std::shared_ptr<content> bytes) {
    trawl_reader reader = detail::reading::reader(std::move(bytes), exceptions_);
    detail::check([&](trawl_error **error) {
      return trawl_scan_add_reader(scan_.get(), name.c_str(), &reader, error);
    });
    return *this;
  }

  /// Adds a disk that the host provides; several threads read it at the same time.
  scan &add_medium(const std::string &name, std::shared_ptr<content> bytes) {
    trawl_reader reader = detail::reading::reader(std::move(bytes), exceptions_);
    detail::check([&](trawl_error **error) {
      return trawl_scan_add_medium(scan_.get(), name.c_str(), &reader, error);
    });
    return *this;
  }

  /// Runs to the end. `receive` gets one record at a time, on any thread of the scan; what it or a
  /// content throws is thrown here. A cancelled scan throws an error with TRAWL_CANCELLED.
  void run(std::function<void(const trawl_record *)> receive) {
    call state{&receive, exceptions_.get()};
    try {
      detail::check([&](trawl_error **error) {
        return trawl_scan_run(scan_.get(), call::receive, &state, error);
      });
    } catch (const error &) {
      exceptions_->rethrow();
      throw;
    }
    exceptions_->rethrow();
  }

  /// Stops the scan, from any thread.
  void cancel() noexcept { trawl_scan_cancel(scan_.get()); }

  trawl_progress progress() const {
    trawl_progress progress;
    detail::check([&](trawl_error **error) {
      return trawl_scan_progress(scan_.get(), &progress, sizeof progress, error);
    });
    return progress;
  }

  trawl_scan *get() const noexcept { return scan_.get(); }

private:
  struct call {
    std::function<void(const trawl_record *)> *function;
    detail::caught *exceptions;

    static std::int32_t receive(const trawl_record *record, void *user) noexcept {
      call &state = *static_cast<call *>(user);
      try {
        (*state.function)(record);
        return 0;
      } catch (...) {
        state.exceptions->keep();
        return 1;
      }
    }
  };

  // The exceptions outlive the scan's content, which uses them.
  std::shared_ptr<detail::caught> exceptions_;
  std::unique_ptr<trawl_scan, detail::deleter<trawl_scan, trawl_scan_free>> scan_;
};

} // namespace trawl

#endif
