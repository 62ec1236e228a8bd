// The cases of windows, for instructions.cpp.
#include "instructions.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <memory>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// A window of this process's own: ones to read, and zeros to write.
struct Window {
    static constexpr int many = 131072;  // elements of 1 MiB

    std::vector<double> exposed = std::vector<double>(2 * many, 0);
    std::vector<double> ones = std::vector<double>(many, 1);
    MPI::Win win = MPI::Win::Create(exposed, MPI::COMM_SELF);
    MPI_Win raw = win.handle();
};
std::unique_ptr<Window> window;

void flush_c() { MPI_Win_flush(0, window->raw); }
void flush_cxx() { window->win.Flush(0); }
void fence_c() { MPI_Win_fence(0, window->raw); }
void fence_cxx() { window->win.Fence(); }

void put_c() { MPI_Put(&x, 1, MPI_DOUBLE, 0, 1, 1, MPI_DOUBLE, window->raw); }
void put_cxx() { window->win.Put(x, 0, 1); }
void get_c() { MPI_Get(&y, 1, MPI_DOUBLE, 0, 0, 1, MPI_DOUBLE, window->raw); }
void get_cxx() { window->win.Get(y, 0); }
void fetch_c() { MPI_Fetch_and_op(&x, &y, MPI_DOUBLE, 0, 0, MPI_REPLACE, window->raw); }
void fetch_cxx() { window->win.Fetch_and_op(x, y, 0, 0, MPI::REPLACE); }

int count_of_ones() { return static_cast<int>(window->ones.size()); }
void put_many_c() { MPI_Put(window->ones.data(), count_of_ones(), MPI_DOUBLE, 0, Window::many, count_of_ones(), MPI_DOUBLE, window->raw); }
void put_many_cxx() { window->win.Put(window->ones, 0, Window::many); }
void get_many_c() { MPI_Get(window->ones.data(), count_of_ones(), MPI_DOUBLE, 0, 0, count_of_ones(), MPI_DOUBLE, window->raw); }
void get_many_cxx() { window->win.Get(window->ones, 0); }

constexpr Case cases[] = {
    {"Fence", fence_c, fence_cxx},
    {"Flush", flush_c, flush_cxx},
    {"Put", put_c, put_cxx},
    {"Get", get_c, get_cxx},
    {"Fetch_and_op", fetch_c, fetch_cxx},
    {"Put 1 MiB", put_many_c, put_many_cxx},
    {"Get 1 MiB", get_many_c, get_many_cxx},
};

}  // namespace

const std::span<const Case> window_cases = cases;

MPI::Epoch open_window(const Case& test) {
    window = std::make_unique<Window>();
    window->exposed.front() = 1;
    return test.name == "Fence" ? window->win.fence() : window->win.lock_all();
}

double close_window() {
    const double sum = window->exposed[1] + window->exposed.back() + window->ones.front();
    window.reset();
    return sum;
}
