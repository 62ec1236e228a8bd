// Counts calls of MPI, the bytes of their buffers, and memory. Each MPI function that the library calls is defined in interposed.c, which calls
// `interpose` and `interpose_result`. The library calls some by their PMPI_ names, so that tools do not see them. These are defined here, with those
// whose buffers count.
#include "growth.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <dlfcn.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "interpose.h"

namespace {

std::atomic<bool> counts = false;
std::atomic<long> calls = 0, bytes = 0;
thread_local bool counts_memory = false;
/// Memory in use, beyond what was when counting began, and the most of it.
struct Memory {
    void add(long size) {
        now += size;
        most = std::max(most, now);
    }
    long now = 0, most = 0;
};
thread_local Memory memory;
thread_local int depth = 0;            // how many of the functions defined here this thread is in
thread_local std::string_view called;  // the one that the program has called

void enter(std::string_view function) {
    if (depth++ != 0)
        return;
    called = function;
    // How often a process looks depends on how long it waits.
    const bool looks = function.find("_Test") != function.npos || function.find("probe") != function.npos;
    if (counts && !looks)
        ++calls;
}
void leave() { --depth; }

void count_memory(void* address, long sign) {
    if (counts_memory && depth == 0)
        memory.add(sign * static_cast<long>(malloc_usable_size(address)));
}
void* allocated(void* address) {
    count_memory(address, 1);
    return address;
}

/// A call of a PMPI_ function, by the program or by the function of the same name in interposed.c. What MPI calls itself does not count.
template <auto Fn> class Call {
public:
    Call() {
        enter(name);
        is_own_ = counts && (depth == 1 || (depth == 2 && called == name));
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call() { leave(); }

    /// Counts a buffer of that many elements.
    Call& with(long count, MPI_Datatype type) {
        int size = 0;
        if (is_own_ && count != 0 && type != MPI_DATATYPE_NULL && PMPI_Type_size(type, &size) == MPI_SUCCESS)
            bytes += count * size;
        return *this;
    }
    template <class... Arguments> int operator()(Arguments... arguments) const {
        static const auto next = reinterpret_cast<decltype(Fn)>(dlsym(RTLD_NEXT, ("P" + std::string(name)).c_str()));
        return next(arguments...);
    }

private:
    static constexpr std::string_view name = mpi4cxx::detail::name_of<Fn>();

    bool is_own_ = false;
};

int rank_on(MPI_Comm comm) {
    int rank = 0;
    PMPI_Comm_rank(comm, &rank);
    return rank;
}
int size_of(MPI_Comm comm) {
    int size = 0;
    PMPI_Comm_size(comm, &size);
    return size;
}

}  // namespace

namespace bench {

void begin_counting() {
    calls = bytes = 0;
    memory = {};
    counts = counts_memory = true;
}

Cost end_counting() {
    counts = counts_memory = false;
    return {calls, bytes, memory.most};
}

}  // namespace bench

extern "C" {

int interpose(int i) {
    enter(interposed[i]);
    return MPI_SUCCESS;
}

int interpose_result(int, int result) {
    leave();
    return result;
}

int PMPI_Comm_dup(MPI_Comm comm, MPI_Comm* made) { return Call<PMPI_Comm_dup>()(comm, made); }
int PMPI_Comm_free(MPI_Comm* comm) { return Call<PMPI_Comm_free>()(comm); }
int PMPI_Comm_get_parent(MPI_Comm* parent) { return Call<PMPI_Comm_get_parent>()(parent); }
int PMPI_Comm_set_errhandler(MPI_Comm comm, MPI_Errhandler handler) { return Call<PMPI_Comm_set_errhandler>()(comm, handler); }

int PMPI_Bcast(void* data, int count, MPI_Datatype type, int root, MPI_Comm comm) {
    return Call<PMPI_Bcast>().with(count, type)(data, count, type, root, comm);
}
int PMPI_Gather(const void* data, int count, MPI_Datatype type, void* all, int each, MPI_Datatype of, int root, MPI_Comm comm) {
    const long received = rank_on(comm) == root ? long{each} * size_of(comm) : 0;
    return Call<PMPI_Gather>().with(count, type).with(received, of)(data, count, type, all, each, of, root, comm);
}
int PMPI_Allgather(const void* data, int count, MPI_Datatype type, void* all, int each, MPI_Datatype of, MPI_Comm comm) {
    return Call<PMPI_Allgather>().with(count, type).with(long{each} * size_of(comm), of)(data, count, type, all, each, of, comm);
}
int PMPI_Allgatherv(const void* data, int count, MPI_Datatype type, void* all, const int* each, const int* starts, MPI_Datatype of, MPI_Comm comm) {
    long received = 0;
    for (int i = size_of(comm); i > 0; --i) received += each[i - 1];
    return Call<PMPI_Allgatherv>().with(count, type).with(received, of)(data, count, type, all, each, starts, of, comm);
}
int PMPI_Alltoall(const void* data, int count, MPI_Datatype type, void* all, int each, MPI_Datatype of, MPI_Comm comm) {
    const long size = size_of(comm);
    return Call<PMPI_Alltoall>().with(count * size, type).with(each * size, of)(data, count, type, all, each, of, comm);
}
int PMPI_Allreduce(const void* data, void* result, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
    return Call<PMPI_Allreduce>().with(2L * count, type)(data, result, count, type, op, comm);
}
int PMPI_Reduce(const void* data, void* result, int count, MPI_Datatype type, MPI_Op op, int root, MPI_Comm comm) {
    return Call<PMPI_Reduce>().with(rank_on(comm) == root ? 2L * count : count, type)(data, result, count, type, op, root, comm);
}
int PMPI_Send(const void* data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm) {
    return Call<PMPI_Send>().with(count, type)(data, count, type, to, tag, comm);
}
int PMPI_Isend(const void* data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request* request) {
    return Call<PMPI_Isend>().with(count, type)(data, count, type, to, tag, comm, request);
}
int PMPI_Imrecv(void* data, int count, MPI_Datatype type, MPI_Message* message, MPI_Request* request) {
    return Call<PMPI_Imrecv>().with(count, type)(data, count, type, message, request);
}
// Of what it has room for, only what has come.
int PMPI_Recv(void* data, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Status* status) {
    MPI_Status own;
    MPI_Status* const found = status == MPI_STATUS_IGNORE ? &own : status;
    Call<PMPI_Recv> call;
    const int code = call(data, count, type, from, tag, comm, found);
    int received = 0;
    if (PMPI_Get_count(found, MPI_BYTE, &received) == MPI_SUCCESS)
        call.with(received, MPI_BYTE);
    return code;
}

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* address);

void* malloc(std::size_t size) { return allocated(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) { return allocated(__libc_calloc(count, size)); }
void* realloc(void* old, std::size_t size) {
    count_memory(old, -1);
    return allocated(__libc_realloc(old, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return allocated(__libc_memalign(alignment, size)); }
void free(void* address) {
    count_memory(address, -1);
    __libc_free(address);
}

}  // extern "C"
