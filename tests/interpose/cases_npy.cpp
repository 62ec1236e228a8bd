// Calls of npy and checkpoints in which MPI fails on one rank: all ranks learn of it.
#include "../folder.hpp"
#include "case.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;
namespace npy = mpi4cxx::npy;

namespace {

/// Whether the failure of a function is a failure of files: where a function fails by which processes communicate, others may wait for ever.
bool is_of_files(const std::string& function) {
    return function.starts_with("MPI_File_") || function == "MPI_Get_elements_x" || function == "MPI_Status_set_elements_x" ||
           function.starts_with("MPI_Type_create_") || function == "MPI_Type_commit";
}

/// Lets each such call within `call` fail once, on the first and on the last rank: that is an Exception on all ranks. Then runs `check`.
template <class F, class C> void fail_each(const MPI::Intracomm& comm, const std::string& name, F call, C check) {
    int number = 0;
    for (int rank = 0; rank < comm.size(); rank += std::max(1, comm.size() - 1)) {
        (void)failures();
        call();
        std::vector<int> calls;
        for (int i = 0; i < interposed_size; ++i) calls.push_back(is_of_files(interposed[i]) ? calls_since_failures(i) : 0);
        calls = comm.bcast(calls, rank);
        check(false);
        for (int i = 0; i < interposed_size; ++i)
            for (int skipped = 0; skipped < calls[static_cast<std::size_t>(i)]; ++skipped) {
                const std::string function = interposed[i];
                INFO(name << ": " << function << ", call " << skipped << ", on rank " << rank);
                (void)failures();
                if (comm.rank() == rank)
                    fail_after(function.c_str(), skipped, code);
                std::string text;
                int found = MPI::SUCCESS;
                try {
                    call();
                } catch (const MPI::Exception& e) {
                    text = e.what();
                    found = e.Get_error_class();
                }
                const bool has_failed = comm.bcast(failures() != 0, rank);
                number += has_failed ? 1 : 0;
                CHECK(found == (has_failed ? code : MPI::SUCCESS));
                if (has_failed && comm.rank() != rank)
                    CHECK(contains(text, "rank " + std::to_string(rank) + " threw: "));
                check(has_failed);
                comm.Barrier();
            }
    }
    CHECK(number > 3);
}

}  // namespace

TEST_CASE("What fails on one rank in npy or a checkpoint is an Exception on all, and old checkpoints stay", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() > 2)  // two have a root and another; four take a minute on two busy cores
        return;
    const Folder folder(comm);
    const std::filesystem::path array = folder / "a.npy", state = folder / "state";
    const std::vector<double> part(4, comm.rank());
    const auto nothing = [](bool) {};
    fail_each(
        comm, "npy::save", [&] { npy::save(comm, array, part); }, nothing);
    npy::save(comm, array, part);
    fail_each(
        comm, "npy::open", [&] { (void)npy::open(comm, array); }, nothing);
    fail_each(
        comm, "npy::load",
        [&] {
            const std::vector<double> came = npy::load<double>(comm, array).data;
            CHECK(came == part);
        },
        nothing);
    std::vector<double> loaded(4);
    fail_each(
        comm, "npy::load_into",
        [&] {
            npy::load_into(comm, array, loaded, {{4 * comm.size()}, {4 * comm.rank()}, {4}});
        },
        nothing);

    using State = std::vector<std::string>;
    const State old{"old", std::to_string(comm.rank())};
    const auto restore = [&](bool has_failed) {
        comm.Barrier();  // rank 0 removes what was written
        CHECK_FALSE(std::filesystem::exists(state.string() + ".part"));
        CHECK(MPI::load<State>(comm, state) == (has_failed ? old : State{"new"}));
        comm.Barrier();
        MPI::dump(comm, state, old);
    };
    MPI::dump(comm, state, old);
    fail_each(
        comm, "dump", [&] { MPI::dump(comm, state, State{"new"}); }, restore);
    fail_each(
        comm, "load",
        [&] {
            const State came = MPI::load<State>(comm, state);
            CHECK(came == old);
        },
        nothing);
    fail_each(
        comm, "load_all",
        [&] {
            const std::vector<State> all = MPI::load_all<State>(comm, state);
            CHECK(all[0][0] == "old");
        },
        nothing);
}
