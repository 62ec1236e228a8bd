#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <chrono>
#include <cstddef>

namespace MPI4CXX::futures::detail {

/// Shows the progress of a map on standard error: a bar on a terminal, else a line every ten seconds.
class ProgressBar {
public:
    void expect(std::size_t total, bool is_last) noexcept;
    void add(std::size_t n);
    void end();

private:
    using Clock = std::chrono::steady_clock;
    void show(bool is_last);

    std::size_t done_ = 0, total_ = 0;
    bool is_total_known_ = false;
    const Clock::time_point begin_ = Clock::now();
    Clock::time_point shown_ = begin_;
};

}  // namespace MPI4CXX::futures::detail
