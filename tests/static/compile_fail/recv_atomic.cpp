// error: mpi4cxx: an object of this type cannot be returned, because it cannot be moved
#include <mpi4cxx/intracomm.hpp>

#include <atomic>

struct Counter {
    std::atomic<int> count = 0;
    int limit = 0;
};

void receive(const mpi4cxx::Comm& comm, Counter& counter) {
#ifdef REJECTED
    counter.limit = comm.recv<Counter>(1).limit;
#else
    comm.recv_into(counter, 1);
#endif
}
