// Numbers as people read them.
#pragma once

#include <mpi4cxx/mpi4cxx.hpp>

#include <string>
#include <vector>

namespace bench {

/// Returns the text that std::printf would print.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...);

/// Returns a number as the options take it: 8, 64K, 4M.
std::string short_number(mpi4cxx::Count number);
/// Returns "8 B", "64 KiB", "1 MiB".
std::string bytes_text(mpi4cxx::Count bytes);
/// Returns "0.42 us", "1.3 ms".
std::string time_text(double seconds);
/// Returns "840 MB/s", "11 GB/s".
std::string rate_text(double bytes_per_second);
/// Returns "1 process", "4 processes".
std::string count_text(mpi4cxx::Count count, const std::string& one, const std::string& several);
/// Returns ascending numbers as "0-3,8".
std::string ranges_text(const std::vector<int>& numbers);

}  // namespace bench
