#include "loopback.hpp"

#define MPICH_SKIP_MPICXX 1
#define OMPI_SKIP_MPICXX 1
#include <mpi.h>
#include <ucontext.h>
#include <valgrind/callgrind.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

bool bench_counting = false;

namespace bench {

namespace {

bool wanted = false;

void set_counting(bool on) {
    if (on == bench_counting)
        return;
    bench_counting = on;
    CALLGRIND_TOGGLE_COLLECT;
}

[[noreturn]] void fail(const char* what) {
    set_counting(false);
    std::fprintf(stderr, "loopback: %s\n", what);
    std::abort();
}

// Fibers -------------------------------------------------------------------------------------------------------------

struct Fiber {
    ucontext_t context;
    std::function<void()> body;
    std::vector<char> stack = std::vector<char>(1 << 20);
    bool done = false;
};

std::unique_ptr<Fiber> fibers[2];
ucontext_t outside;
int current = -1;  // none
int idle = 0;      // how often control has been passed on since something happened

void switch_to(int next) {
    const int previous = std::exchange(current, next);
    swapcontext(previous < 0 ? &outside : &fibers[previous]->context, next < 0 ? &outside : &fibers[next]->context);
}

/// Lets the other one run. Called where nothing is counted, and comes back there.
void pass() {
    if (++idle > 1000000)
        fail("both wait for each other");
    if (!fibers[1 - current]->done)
        switch_to(1 - current);
}

void enter() {
    set_counting(wanted);
    fibers[current]->body();
    set_counting(false);
    fibers[current]->done = true;
    switch_to(fibers[1 - current]->done ? -1 : 1 - current);
}

// Messages -----------------------------------------------------------------------------------------------------------

struct Transfer {
    int fiber;
    bool is_send;
    MPI_Comm comm;
    int tag;
    void* data;
    std::size_t size;  // of a receive: the room, then what came
    bool complete = false;
    std::vector<char> copy = {};
};
using Shared = std::shared_ptr<Transfer>;

std::deque<Shared> waiting;                  // in the order of their calls
std::map<std::uintptr_t, Shared> by_handle;  // requests and probed messages
std::uintptr_t handles = 0x7b000000;         // of no MPI's own

template <class Handle> Handle to_handle(const Shared& transfer) {
    by_handle[++handles] = transfer;
    if constexpr (std::is_integral_v<Handle>)
        return static_cast<Handle>(handles);
    else
        return reinterpret_cast<Handle>(handles);
}

template <class Handle> std::uintptr_t number(Handle handle) {
    if constexpr (std::is_integral_v<Handle>)
        return static_cast<std::uintptr_t>(handle);
    else
        return reinterpret_cast<std::uintptr_t>(handle);
}

template <class Handle> Shared find(Handle handle) {
    const auto found = by_handle.find(number(handle));
    return found == by_handle.end() ? nullptr : found->second;
}

/// Of the datatype in which the library receives envelopes where an MPI writes behind the memory of one that is too long.
std::size_t bytes_before_gap(int count, MPI_Datatype type) {
    int lengths[3] = {}, integers = 0, addresses = 0, types = 0, combiner = 0;
    MPI_Aint displs[2] = {};
    MPI_Datatype element = MPI_DATATYPE_NULL;
    PMPI_Type_get_envelope(type, &integers, &addresses, &types, &combiner);
    if (count != 1 || combiner != MPI_COMBINER_HINDEXED || integers != 3)
        fail("a datatype with gaps");
    PMPI_Type_get_contents(type, 3, 2, 1, lengths, displs, &element);
    if (displs[0] != 0 || element != MPI_BYTE)
        fail("a datatype with gaps");
    return static_cast<std::size_t>(lengths[1]);
}

std::size_t bytes(int count, MPI_Datatype type) {
    int size = 0;
    MPI_Aint start = 0, extent = 0;
    PMPI_Type_size(type, &size);
    PMPI_Type_get_extent(type, &start, &extent);
    if (size != extent)
        return bytes_before_gap(count, type);
    return static_cast<std::size_t>(count) * static_cast<std::size_t>(size);
}

bool match(const Transfer& a, const Transfer& b) {
    return a.is_send != b.is_send && a.fiber != b.fiber && a.comm == b.comm && (a.tag == b.tag || (a.is_send ? b : a).tag == MPI_ANY_TAG);
}

/// In pieces: glibc copies more than 8 KiB by one instruction, which Valgrind counts once a byte, and more than some MiB by vectors again.
void copy_message(void* to, const void* from, std::size_t size) {
    const std::size_t piece = size < (std::size_t{1} << 20) ? 8192 : size;
    auto* out = static_cast<char*>(to);
    const auto* in = static_cast<const char*>(from);
    for (std::size_t done = 0; done < size; done += piece) std::memcpy(out + done, in + done, std::min(piece, size - done));
}

void deliver(Transfer& send, Transfer& receive) {
    if (send.size > receive.size)
        fail("a message is longer than its receive");
    receive.size = send.size;
    receive.tag = send.tag;
    set_counting(wanted);
    copy_message(receive.data, send.data, send.size);
    set_counting(false);
    send.complete = receive.complete = true;
}

/// The partner that has waited for longest, off the queue.
Shared take_match(const Transfer& transfer) {
    const auto found = std::find_if(waiting.begin(), waiting.end(), [&](const Shared& other) { return match(*other, transfer); });
    if (found == waiting.end())
        return nullptr;
    Shared other = *found;
    waiting.erase(found);
    return other;
}

Shared start(bool is_send, const void* data, int count, MPI_Datatype type, int tag, MPI_Comm comm, bool synchronous = false) {
    idle = 0;
    auto transfer = std::make_shared<Transfer>(Transfer{current, is_send, comm, tag, const_cast<void*>(data), bytes(count, type)});
    if (const Shared other = take_match(*transfer)) {
        is_send ? deliver(*transfer, *other) : deliver(*other, *transfer);
        return transfer;
    }
    waiting.push_back(transfer);
    // An MPI takes a short message, whether it is expected or not.
    if (is_send && !synchronous && transfer->size <= 64) {
        const auto* from = static_cast<const char*>(data);
        transfer->copy.assign(from, from + transfer->size);
        transfer->data = transfer->copy.data();
        transfer->complete = true;
    }
    return transfer;
}

void set_status(MPI_Status* status, const Transfer& transfer) {
    if (status == MPI_STATUS_IGNORE)
        return;
    PMPI_Status_set_elements_x(status, MPI_BYTE, static_cast<MPI_Count>(transfer.size));
    PMPI_Status_set_cancelled(status, 0);
    status->MPI_SOURCE = transfer.is_send ? transfer.fiber : 1 - transfer.fiber;
    status->MPI_TAG = transfer.tag;
    status->MPI_ERROR = MPI_SUCCESS;
}

int wait(const Shared& transfer, MPI_Status* status = MPI_STATUS_IGNORE) {
    while (!transfer->complete) pass();
    set_status(status, *transfer);
    return MPI_SUCCESS;
}

/// Whether a request is complete; then it is null.
bool finish(MPI_Request* request, MPI_Status* status) {
    const Shared transfer = find(*request);
    if (!transfer || !transfer->complete)
        return false;
    wait(transfer, status);
    by_handle.erase(number(*request));
    *request = MPI_REQUEST_NULL;
    return true;
}

int send(const void* data, int count, MPI_Datatype type, int tag, MPI_Comm comm, bool synchronous) {
    const Uncounted here;
    return wait(start(true, data, count, type, tag, comm, synchronous));
}

int isend(const void* data, int count, MPI_Datatype type, int tag, MPI_Comm comm, bool synchronous, MPI_Request* request) {
    const Uncounted here;
    *request = to_handle<MPI_Request>(start(true, data, count, type, tag, comm, synchronous));
    return MPI_SUCCESS;
}

/// A message that could be received, which stays where it is.
Shared look(int tag, MPI_Comm comm) {
    const Transfer receive{current, false, comm, tag, nullptr, 0};
    const auto found = std::find_if(waiting.begin(), waiting.end(), [&](const Shared& other) { return match(*other, receive); });
    return found == waiting.end() ? nullptr : *found;
}

MPI_Message take_message(const Shared& send, MPI_Status* status) {
    std::erase(waiting, send);
    set_status(status, *send);
    return to_handle<MPI_Message>(send);
}

Shared receive_message(void* data, int count, MPI_Datatype type, MPI_Message* message) {
    const Shared send = find(*message);
    auto receive = std::make_shared<Transfer>(Transfer{current, false, send->comm, send->tag, data, bytes(count, type)});
    deliver(*send, *receive);
    by_handle.erase(number(*message));
    *message = MPI_MESSAGE_NULL;
    return receive;
}

}  // namespace

void run_both(const std::function<void()>& first, const std::function<void()>& second) {
    const std::function<void()>* bodies[] = {&first, &second};
    for (int i = 0; i < 2; ++i) {
        fibers[i] = std::make_unique<Fiber>();
        fibers[i]->body = *bodies[i];
        getcontext(&fibers[i]->context);
        fibers[i]->context.uc_stack = {fibers[i]->stack.data(), 0, fibers[i]->stack.size()};
        makecontext(&fibers[i]->context, enter, 0);
    }
    switch_to(0);
}

void count(bool on) { wanted = on; }

Uncounted::Uncounted() { set_counting(false); }
Uncounted::~Uncounted() { set_counting(wanted && current >= 0); }
Counted::Counted() { set_counting(wanted); }
Counted::~Counted() { set_counting(false); }

}  // namespace bench

using namespace bench;

// Called instead of the MPI's own, which everything outside of run_both() still gets.
extern "C" {

int MPI_Send(const void* data, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm) {
    return current < 0 ? PMPI_Send(data, count, type, dest, tag, comm) : send(data, count, type, tag, comm, false);
}

int MPI_Ssend(const void* data, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm) {
    return current < 0 ? PMPI_Ssend(data, count, type, dest, tag, comm) : send(data, count, type, tag, comm, true);
}

int MPI_Recv(void* data, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, MPI_Status* status) {
    if (current < 0)
        return PMPI_Recv(data, count, type, source, tag, comm, status);
    const Uncounted here;
    return wait(start(false, data, count, type, tag, comm), status);
}

int MPI_Isend(const void* data, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm, MPI_Request* request) {
    return current < 0 ? PMPI_Isend(data, count, type, dest, tag, comm, request) : isend(data, count, type, tag, comm, false, request);
}

int MPI_Issend(const void* data, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm, MPI_Request* request) {
    return current < 0 ? PMPI_Issend(data, count, type, dest, tag, comm, request) : isend(data, count, type, tag, comm, true, request);
}

int MPI_Irecv(void* data, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, MPI_Request* request) {
    if (current < 0)
        return PMPI_Irecv(data, count, type, source, tag, comm, request);
    const Uncounted here;
    *request = to_handle<MPI_Request>(start(false, data, count, type, tag, comm));
    return MPI_SUCCESS;
}

int MPI_Probe(int source, int tag, MPI_Comm comm, MPI_Status* status) {
    if (current < 0)
        return PMPI_Probe(source, tag, comm, status);
    const Uncounted here;
    Shared send;
    while (!(send = look(tag, comm))) pass();
    set_status(status, *send);
    return MPI_SUCCESS;
}

int MPI_Iprobe(int source, int tag, MPI_Comm comm, int* flag, MPI_Status* status) {
    if (current < 0)
        return PMPI_Iprobe(source, tag, comm, flag, status);
    const Uncounted here;
    if (!look(tag, comm))
        pass();
    const Shared send = look(tag, comm);
    *flag = send != nullptr;
    if (send)
        set_status(status, *send);
    return MPI_SUCCESS;
}

int MPI_Mprobe(int source, int tag, MPI_Comm comm, MPI_Message* message, MPI_Status* status) {
    if (current < 0)
        return PMPI_Mprobe(source, tag, comm, message, status);
    const Uncounted here;
    Shared send;
    while (!(send = look(tag, comm))) pass();
    *message = take_message(send, status);
    return MPI_SUCCESS;
}

int MPI_Improbe(int source, int tag, MPI_Comm comm, int* flag, MPI_Message* message, MPI_Status* status) {
    if (current < 0)
        return PMPI_Improbe(source, tag, comm, flag, message, status);
    const Uncounted here;
    if (!look(tag, comm))
        pass();
    const Shared send = look(tag, comm);
    *flag = send != nullptr;
    if (send)
        *message = take_message(send, status);
    return MPI_SUCCESS;
}

int MPI_Mrecv(void* data, int count, MPI_Datatype type, MPI_Message* message, MPI_Status* status) {
    if (current < 0)
        return PMPI_Mrecv(data, count, type, message, status);
    const Uncounted here;
    return wait(receive_message(data, count, type, message), status);
}

int MPI_Imrecv(void* data, int count, MPI_Datatype type, MPI_Message* message, MPI_Request* request) {
    if (current < 0)
        return PMPI_Imrecv(data, count, type, message, request);
    const Uncounted here;
    *request = to_handle<MPI_Request>(receive_message(data, count, type, message));
    return MPI_SUCCESS;
}

int MPI_Wait(MPI_Request* request, MPI_Status* status) {
    const Uncounted here;
    const Shared transfer = current < 0 ? nullptr : find(*request);
    if (!transfer)
        return PMPI_Wait(request, status);
    wait(transfer);
    finish(request, status);
    return MPI_SUCCESS;
}

int MPI_Test(MPI_Request* request, int* flag, MPI_Status* status) {
    const Uncounted here;
    const Shared transfer = current < 0 ? nullptr : find(*request);
    if (!transfer)
        return PMPI_Test(request, flag, status);
    if (!transfer->complete)
        pass();
    *flag = finish(request, status);
    return MPI_SUCCESS;
}

int MPI_Waitall(int count, MPI_Request requests[], MPI_Status statuses[]) {
    for (int i = 0; i < count; ++i) MPI_Wait(&requests[i], statuses == MPI_STATUSES_IGNORE ? MPI_STATUS_IGNORE : &statuses[i]);
    return MPI_SUCCESS;
}

int MPI_Testall(int count, MPI_Request requests[], int* flag, MPI_Status statuses[]) {
    const Uncounted here;
    const auto complete = [](MPI_Request request) {
        const Shared transfer = find(request);
        return !transfer || transfer->complete;
    };
    *flag = std::all_of(requests, requests + count, complete);
    if (*flag == 0 && current >= 0) {
        pass();
        *flag = std::all_of(requests, requests + count, complete);
    }
    return *flag != 0 ? MPI_Waitall(count, requests, statuses) : MPI_SUCCESS;
}

int MPI_Comm_rank(MPI_Comm comm, int* rank) {
    if (current < 0)
        return PMPI_Comm_rank(comm, rank);
    *rank = current;
    return MPI_SUCCESS;
}

int MPI_Comm_size(MPI_Comm comm, int* size) {
    if (current < 0)
        return PMPI_Comm_size(comm, size);
    *size = 2;
    return MPI_SUCCESS;
}

int MPI_Get_count(const MPI_Status* status, MPI_Datatype type, int* count) {
    const Uncounted here;
    return PMPI_Get_count(status, type, count);
}

#if MPI_VERSION >= 4
int MPI_Get_count_c(const MPI_Status* status, MPI_Datatype type, MPI_Count* count) {
    const Uncounted here;
    return PMPI_Get_count_c(status, type, count);
}
#endif

int MPI_Get_elements_x(const MPI_Status* status, MPI_Datatype type, MPI_Count* count) {
    const Uncounted here;
    return PMPI_Get_elements_x(status, type, count);
}

int MPI_Status_set_elements_x(MPI_Status* status, MPI_Datatype type, MPI_Count count) {
    const Uncounted here;
    return PMPI_Status_set_elements_x(status, type, count);
}

}  // extern "C"
