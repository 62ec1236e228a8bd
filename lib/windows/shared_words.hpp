// The memory and the messages of the classes of `sync`.
#pragma once

#include <mpi4cxx/win.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

/// Makes a window of the numbers `initial` on `root`, where alone they count, and locks it on all processes for as long as it lives. Collective.
template <Mapped T> Win open_window(const Intracomm& comm, const std::string& name, std::span<const T> initial, int root, const Info& info, At at) {
    const Intracomm node = comm.Split_type(COMM_TYPE_SHARED, 0, INFO_NULL, at);
    const bool is_root = comm.Get_rank(at) == root, is_one_node = node.Get_size(at) == comm.Get_size(at);
    const Count n = is_root ? static_cast<Count>(initial.size()) : 0;
    // Open MPI's atomic operations on shared windows take 20 ns, on others 4 us.
    Win win = is_one_node ? Win::Allocate_shared<T>(n, comm, info, at) : Win::Allocate<T>(n, comm, info, at);
    win.Set_name(name, at);
    if (is_root) {
        win.Lock(root, LOCK_EXCLUSIVE, 0, at);
        std::copy(initial.begin(), initial.end(), win.span<T>(at).begin());
        win.Unlock(root, at);
    }
    comm.Barrier(at);
    win.Lock_all(0, at);
    comm.Barrier(at);  // a lock may need the help of the other processes, so these stay until all have theirs
    return win;
}

/// Waits for `request` with backoff, and drives pending operations.
void wait_patiently(Request& request, At at, Status* status = nullptr);

/// Numbers on rank 0 that all processes of a communicator read and change, and a communicator for messages between those that wait. The watchdog
/// knows the communicator by its name. The numbers have 32 bits, because Open MPI 4.1 crashes in MPI_Compare_and_swap of 64.
class SharedWords {
public:
    SharedWords(const Intracomm& comm, const std::string& name, std::span<const int> initial, const Info& info, At at);

    // Each of these is complete at rank 0 when it returns. The first three are atomic, and return the number that was there before.

    int swap(Aint word, int value, At at) const;
    int add(Aint word, int value, At at) const;
    int compare_and_swap(Aint word, int expected, int value, At at) const;
    [[nodiscard]] std::vector<int> read(Aint first, Count number, At at) const;
    void write(Aint first, std::span<const int> values, At at) const;

    [[nodiscard]] const Intracomm& comm() const noexcept { return comm_; }
    /// Collective.
    void free(At at);

private:
    Intracomm comm_;
    Win win_;
};

/// Returns a communicator of the same processes, without attributes and topology. Collective.
Intracomm named_communicator(const Intracomm& comm, const std::string& name, At at);

}  // namespace MPI4CXX::detail
