// Known traffic on three ranks; check.py knows what the trace must say of it.
#include <mpi4cxx/mpi4cxx.hpp>

#include <dlfcn.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using namespace std::chrono_literals;

int rank = 0, size = 1;

void point_to_point() {
    std::array<double, 10> out{}, in{};
    std::array<MPI_Request, 2> requests{};
    MPI_Irecv(in.data(), 10, MPI_DOUBLE, (rank + size - 1) % size, 1, MPI_COMM_WORLD, &requests[0]);
    MPI_Isend(out.data(), 10, MPI_DOUBLE, (rank + 1) % size, 1, MPI_COMM_WORLD, &requests[1]);
    MPI_Waitall(2, requests.data(), MPI_STATUSES_IGNORE);

    std::array<char, 100> text{};
    if (rank == 0)
        MPI_Ssend(text.data(), 100, MPI_CHAR, 1, 2, MPI_COMM_WORLD);
    if (rank == 1)
        MPI_Recv(text.data(), 100, MPI_CHAR, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);

    std::array<int, 4> four{}, other{};
    MPI_Sendrecv(four.data(), 4, MPI_INT, rank + 1 < size ? rank + 1 : MPI_PROC_NULL, 3, other.data(), 4, MPI_INT,
                 rank > 0 ? rank - 1 : MPI_PROC_NULL, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);

    std::array<int, 7> seven{};
    if (rank == 1)
        MPI_Send(seven.data(), 7, MPI_INT, 2, 4, MPI_COMM_WORLD);
    if (rank == 2) {
        MPI_Message message = MPI_MESSAGE_NULL;
        MPI_Mprobe(MPI_ANY_SOURCE, 4, MPI_COMM_WORLD, &message, MPI_STATUS_IGNORE);
        MPI_Mrecv(seven.data(), 7, MPI_INT, &message, MPI_STATUS_IGNORE);
    }
}

void persistent() {
    std::array<double, 3> three{};
    MPI_Request request = MPI_REQUEST_NULL;
    if (rank == 2)
        MPI_Send_init(three.data(), 3, MPI_DOUBLE, 0, 5, MPI_COMM_WORLD, &request);
    if (rank == 0)
        MPI_Recv_init(three.data(), 3, MPI_DOUBLE, 2, 5, MPI_COMM_WORLD, &request);
    for (int i = 0; rank != 1 && i < 4; ++i) {
        MPI_Start(&request);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
    if (rank != 1)
        MPI_Request_free(&request);
}

/// Its ranks are those of the world, reversed.
void other_communicator() {
    const MPI::Intracomm reversed = MPI::COMM_WORLD.Split(0, -rank);
    int value = 0;
    if (rank == 2)
        reversed.Send(value, 1, 6);
    if (rank == 1)
        reversed.Recv(value, 0, 6);
}

void collectives() {
    std::array<double, 5> five{};
    MPI_Bcast(five.data(), 5, MPI_DOUBLE, 1, MPI_COMM_WORLD);
    std::array<int, 6> out{}, in{};
    MPI_Gather(out.data(), 2, MPI_INT, in.data(), 2, MPI_INT, 0, MPI_COMM_WORLD);
    const std::array<int, 3> counts{1, 2, 3}, displs{0, 1, 3};
    MPI_Scatterv(out.data(), counts.data(), displs.data(), MPI_INT, in.data(), rank + 1, MPI_INT, 2, MPI_COMM_WORLD);
    std::array<double, 3> each{};
    MPI_Allgather(five.data(), 1, MPI_DOUBLE, each.data(), 1, MPI_DOUBLE, MPI_COMM_WORLD);
    const std::array<int, 3> own{rank + 1, rank + 1, rank + 1}, places{0, rank + 1, 2 * (rank + 1)};
    std::array<int, 9> received{};
    MPI_Alltoallv(out.data(), counts.data(), displs.data(), MPI_INT, received.data(), own.data(), places.data(), MPI_INT, MPI_COMM_WORLD);
    MPI_Reduce(five.data(), each.data(), 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, in.data(), 3, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Scan(out.data(), in.data(), 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Reduce_scatter_block(out.data(), in.data(), 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallreduce(five.data(), each.data(), 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    const MPI::Cartcomm ring = MPI::COMM_WORLD.Create_cart({size}, {true});
    MPI_Neighbor_allgather(out.data(), 1, MPI_INT, in.data(), 1, MPI_INT, ring.handle());
}

/// Rank 0 waits for rank 1, then all for rank 2.
void waiting() {
    int value = 0;
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 1) {
        std::this_thread::sleep_for(500ms);
        MPI_Rsend(&value, 1, MPI_INT, 0, 7, MPI_COMM_WORLD);
    }
    if (rank == 0)
        MPI_Recv(&value, 1, MPI_INT, 1, 7, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (rank == 2)
        std::this_thread::sleep_for(1500ms);
    std::array<char, 3> out{}, in{};
    MPI_Alltoall(out.data(), 1, MPI_CHAR, in.data(), 1, MPI_CHAR, MPI_COMM_WORLD);
}

int received = 0;
MPI_Request next_request = MPI_REQUEST_NULL;
bool begins_next = false;

/// A thread begins the next operation when this one's is complete and its call has not returned: the request may be the same.
void reused() {
    const int value = 1;
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Irecv(&received, 1, MPI_INT, 0, 1, MPI_COMM_SELF, &request);
    MPI_Send(&value, 1, MPI_INT, 0, 1, MPI_COMM_SELF);
    begins_next = true;
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    MPI_Send(&value, 1, MPI_INT, 0, 2, MPI_COMM_SELF);
    MPI_Wait(&next_request, MPI_STATUS_IGNORE);
}

void one_sided() {
    const MPI::Win win = MPI::Win::Allocate<long>(8, MPI::COMM_WORLD);
    std::vector<long> three(3, 1), two(2);
    long one = 1, before = 0;  // Open MPI 4.1 fetches integers only
    const MPI::Epoch epoch = win.fence();
    if (rank == 0)
        win.Put(three, 1);
    if (rank != 1)
        return;
    win.Get(two, 0);
    win.Accumulate(one, 0, 4);
    win.Fetch_and_op(one, before, 0, 5);
}

/// Rank 0 and the others, as two groups. What each process gets is known to its own group alone.
void groups() {
    const MPI::Intracomm own = MPI::COMM_WORLD.Split(rank == 0 ? 0 : 1);
    const MPI::Intercomm both = own.Create_intercomm(0, MPI::COMM_WORLD, rank == 0 ? 1 : 0);
    const std::array<int, 4> out{};
    std::array<int, 4> in{};
    const std::array<int, 3> alone{4, 1000, 1000}, two{1, 3, 1000};  // the last ones are of nobody
    MPI_Reduce_scatter(out.data(), in.data(), (rank == 0 ? alone : two).data(), MPI_INT, MPI_SUM, both.handle());
}

/// A long log for which there is no room on rank 1.
void full() {
    for (int i = 0; i < 5000; ++i) MPI_Barrier(MPI_COMM_SELF);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit room{200'000, 200'000};
    if (rank == 1)
        setrlimit(RLIMIT_FSIZE, &room);
}

std::string trace_folder() { return std::getenv("MPI4CXX_TRACE_DIR"); }

/// The folder is there no more, nor can that be found out.
void lost() {
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) {
        std::filesystem::remove_all(trace_folder());
        std::filesystem::create_symlink(trace_folder(), trace_folder());
    }
    MPI_Barrier(MPI_COMM_WORLD);
    std::this_thread::sleep_for(500ms);
}

/// All ranks end the job, and the results take their time.
void all_abort() {
    const std::string pipe = trace_folder() + "/timeline.json";
    if (rank == 0 && mkfifo(pipe.c_str(), 0600) == 0)
        std::thread([pipe] {
            std::this_thread::sleep_for(8s);
            std::ifstream(pipe).ignore(std::numeric_limits<std::streamsize>::max());
        }).detach();
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Abort(MPI_COMM_WORLD, 3);
}

}  // namespace

/// What the trace calls, and this calls the MPI's.
extern "C" [[gnu::visibility("default")]] int PMPI_Wait(MPI_Request* request, MPI_Status* status) {
    static const auto wait = reinterpret_cast<int (*)(MPI_Request*, MPI_Status*)>(dlsym(RTLD_NEXT, "PMPI_Wait"));
    const int code = wait(request, status);
    if (std::exchange(begins_next, false))
        std::thread([] { MPI_Irecv(&received, 1, MPI_INT, 0, 2, MPI_COMM_SELF, &next_request); }).join();
    return code;
}

int main(int argc, char** argv) {
    const MPI::Environment env(argc, argv);
    rank = MPI::COMM_WORLD.rank();
    size = MPI::COMM_WORLD.size();
    const std::string way = argc > 1 ? argv[1] : "";
    if (way == "object" && rank == 0)
        MPI::COMM_WORLD.send(std::string(1'000'000, 'x'), 2);
    if (way == "object" && rank == 2)
        (void)MPI::COMM_WORLD.recv<std::string>(0);
    if (way == "object")
        return 0;
    if (way == "spawn") {
        if (!MPI::Comm::Get_parent())
            (void)MPI::COMM_WORLD.Spawn(argv[0], {"spawn"}, 2);
        return 0;
    }
    if (way == "full" || way == "lost" || way == "all_abort") {
        (way == "full" ? full : way == "lost" ? lost : all_abort)();
        return 0;
    }
    if (way == "one_sided" || way == "groups" || way == "reused") {
        (way == "one_sided" ? one_sided : way == "groups" ? groups : reused)();
        return 0;
    }
    point_to_point();
    persistent();
    other_communicator();
    collectives();
    waiting();
    if (way == "abort") {
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank == 1)
            MPI_Abort(MPI_COMM_WORLD, 3);
        std::this_thread::sleep_for(60s);
    }
}
