#include "bench/measure.hpp"

#include <chrono>
#include <thread>

namespace bench {

void wait_idly(const MPI::Intracomm& comm) {
    MPI::Request all_here = comm.Ibarrier();
    while (!all_here.Test()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace bench
