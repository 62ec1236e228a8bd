// The rows of windows, counters and mutexes, for timings.cpp.
#include "locks.h"
#include "timings.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using namespace bench;

namespace {

// Access to the memory of another process ----------------------------------------------------------------------------

/// A window in which rank 0 reaches the memory of rank 1, which waits meanwhile. It is the same one for all peers.
struct Window {
    int count;
    MPI::Win win;
    MPI_Win raw;
    std::span<double> exposed;
    Doubles own;
    MPI::Epoch epoch;

    explicit Window(std::size_t elements)
        : count(static_cast<int>(elements)), win(MPI::Win::Allocate<double>(elements, MPI::COMM_WORLD)), raw(win.handle()),
          exposed(win.span<double>()), own(elements, 1), epoch(win.lock_all()) {
        std::ranges::fill(exposed, 1);
    }
};

/// `access` moves ones between `own` of rank 0 and `exposed` of rank 1, and completes that. `received` is where they go, empty on the other rank.
template <class Access> Peer one_sided(std::string name, const std::shared_ptr<Window>& window, std::span<double> received, Access access) {
    const auto work = [=] {
        if (own_rank == 0)
            access(*window);
        return true;
    };
    const auto empty_the_window = [=] {
        std::ranges::fill(received, 0);
        window->win.Sync();
        MPI_Barrier(MPI_COMM_WORLD);
    };
    empty_the_window();
    return checked(std::move(name), work, [=](bool) {
        MPI_Barrier(MPI_COMM_WORLD);
        window->win.Sync();
        const bool right = std::ranges::all_of(received, [](double x) { return x == 1; });
        empty_the_window();
        return right;
    });
}

template <class Raw, class Ours> Peers one_sided(std::size_t elements, int receiver, Raw raw, Ours ours) {
    const auto window = std::make_shared<Window>(elements);
    std::span<double> received;
    if (own_rank == receiver)
        received = receiver == 0 ? std::span(window->own) : window->exposed;
    return {one_sided("raw", window, received, raw), one_sided("raw again", window, received, raw), one_sided("mpi4cxx", window, received, ours)};
}

Peers put(std::size_t elements) {
    return one_sided(
        elements, 1,
        [](Window& w) {
            MPI_Put(w.own.data(), w.count, MPI_DOUBLE, 1, 0, w.count, MPI_DOUBLE, w.raw);
            MPI_Win_flush(1, w.raw);
        },
        [](Window& w) {
            w.win.Put(w.own, 1);
            w.win.Flush(1);
        });
}

Peers get(std::size_t elements) {
    return one_sided(
        elements, 0,
        [](Window& w) {
            MPI_Get(w.own.data(), w.count, MPI_DOUBLE, 1, 0, w.count, MPI_DOUBLE, w.raw);
            MPI_Win_flush(1, w.raw);
        },
        [](Window& w) {
            w.win.Get(w.own, 1);
            w.win.Flush(1);
        });
}

Peers swap() {
    static const double one = 1;
    return one_sided(
        1, 0,
        [](Window& w) {
            MPI_Fetch_and_op(&one, w.own.data(), MPI_DOUBLE, 1, 0, MPI_REPLACE, w.raw);
            MPI_Win_flush(1, w.raw);
        },
        [](Window& w) {
            w.win.Fetch_and_op(one, w.own.front(), 1, 0, MPI::REPLACE);
            w.win.Flush(1);
        });
}

Peers fence() {
    struct Fenced {
        MPI::Win win = MPI::Win::Allocate<double>(1, MPI::COMM_WORLD);
        MPI_Win raw = win.handle();
        MPI::Epoch epoch = win.fence();
    };
    const auto window = std::make_shared<Fenced>();
    const auto raw = [=] { return MPI_Win_fence(0, window->raw) == MPI_SUCCESS; };
    return {collective("raw", true, raw), collective("raw again", true, raw), collective("mpi4cxx", true, [=] {
                window->win.Fence();
                return true;
            })};
}

// Locks --------------------------------------------------------------------------------------------------------------

/// A window of locks.c.
std::shared_ptr<MPI_Win> owned(MPI_Win win) {
    return {new MPI_Win(win), [](MPI_Win* raw) {
                MPI_Win_unlock_all(*raw);
                MPI_Win_free(raw);
                delete raw;
            }};
}

Peers count() {
    const auto win = owned(bench_counter_make(MPI_COMM_WORLD));
    const auto counter = std::make_shared<MPI::sync::Counter>(MPI::COMM_WORLD);
    const auto raw = [=] { return bench_counter_next(*win) >= 0; };
    return {collective("raw", true, raw), collective("raw again", true, raw), collective("mpi4cxx", true, [=] { return counter->next() >= 0; })};
}

Peers lock_mutex() {
    const auto win = owned(bench_mutex_make(MPI_COMM_WORLD));
    const auto mutex = std::make_shared<MPI::sync::Mutex>(MPI::COMM_WORLD);
    const auto raw = [=] {
        bench_mutex_lock(*win, own_rank);
        bench_mutex_unlock(*win, own_rank);
        return true;
    };
    return {collective("raw", true, raw), collective("raw again", true, raw), collective("mpi4cxx", true, [=] {
                const std::lock_guard guard(*mutex);
                return true;
            })};
}

}  // namespace

std::vector<Row> bench::window_rows() {
    return {
        {"window", "Put 8 B", [] { return put(1); }}, {"window", "Put 1 MiB", [] { return put(131072); }},
        {"window", "Get 8 B", [] { return get(1); }}, {"window", "Get 1 MiB", [] { return get(131072); }},
        {"window", "Fetch_and_op 8 B", swap},         {"window", "Fence", fence},
        {"lock collective", "Counter next", count},   {"lock collective", "Mutex lock", lock_mutex},
    };
}
