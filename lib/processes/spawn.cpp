// Starts processes.
#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/intercomm.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "mpi/argument_vector.hpp"
#include "processes/launcher.hpp"
#include "processes/program.hpp"
#include "runtime/failure.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace MPI4CXX {

using detail::call;
using detail::Caller;
using detail::failure_of;
using detail::Place;

namespace {

/// Throws if the lists of Spawn_multiple are not of one length.
void check_lists(std::size_t programs, const detail::StringLists& args, detail::IntList maxprocs, const detail::InfoList& info, Caller caller) {
    const auto check = [&](bool fits, std::size_t size, const char* name) {
        if (!fits)
            detail::misuse(caller, std::to_string(programs) + " commands, " + std::to_string(size) + " " + name);
    };
    check(programs != 0, args.size(), "args");
    check(args.size() == 0 || args.size() == programs, args.size(), "args");
    check(maxprocs.empty() || maxprocs.size() == programs, maxprocs.size(), "maxprocs");
    check(info.fits(programs), info.size(), "infos");
}

void check_can_start(const std::string& command, int maxprocs, const Info& info, Caller caller) {
    if (maxprocs < 1)  // Open MPI 4.1 takes 0 for the number of free slots, MPICH 5 crashes
        detail::misuse(caller, "maxprocs is " + std::to_string(maxprocs) + ", there must be one process at least");
    if (!detail::can_ask_launcher())
        throw Exception(MPI_ERR_SPAWN, "MPI_Comm_spawn", "no launcher of this MPI has started this process: start the program with `mpiexec -n 1`",
                        caller.at);
    detail::check_program(command, info, caller.at);
}

/// The programs of Spawn_multiple, as MPI takes them.
struct Programs {
    std::vector<std::vector<std::string>> words;
    std::vector<std::vector<char*>> arguments;
    std::vector<char**> argvs;
    std::vector<int> maxprocs;
    std::vector<MPI_Info> infos;

    void add(std::vector<std::string> args, int processes, const Info& info) {
        words.push_back(std::move(args));
        arguments.push_back(detail::argument_vector(words.back()));
        argvs.push_back(arguments.back().data());
        maxprocs.push_back(processes);
        infos.push_back(info.handle());
    }
    [[nodiscard]] int processes() const { return std::accumulate(maxprocs.begin(), maxprocs.end(), 0); }
};

Programs programs_of(const detail::StringList& commands, const detail::StringLists& args, detail::IntList maxprocs, const detail::InfoList& info,
                     Caller caller) {
    check_lists(commands.size(), args, maxprocs, info, caller);
    Programs result;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const int processes = maxprocs.empty() ? 1 : maxprocs[i];
        check_can_start(commands[i], processes, info[i], caller);
        result.add(args.size() == 0 ? std::vector<std::string>() : detail::launcher_arguments(args[i], caller.at), processes, info[i]);
    }
    if (detail::crashes_in_spawn_multiple() && commands.size() > 1)
        throw Exception(
            MPI_ERR_UNSUPPORTED_OPERATION, "MPI_Comm_spawn_multiple",
            "not supported by this MPI, whose launcher crashes when it starts several programs at once: start one after the other by Spawn",
            caller.at);
    return result;
}

/// Throws on all processes what the root has failed with. If nothing, returns the number of processes that the root starts: MPIs write as many error
/// codes on all processes. Collective.
int agree(const Comm& comm, const std::exception_ptr& failure, int processes, int root, std::string_view function, Place where) {
    detail::agree(comm, failure, function, where);
    comm.Bcast(processes, root, where.at());
    return processes;
}

/// Returns room for error codes: the caller's vector, or else `own`.
int* room_for(int processes, const detail::ErrorCodes& errcodes, std::vector<int>& own) {
    const auto number = static_cast<std::size_t>(processes);
    int* const codes = errcodes.vector.value_or(own).room<int>(number);
    std::fill_n(codes, number, MPI_ERR_SPAWN);  // MPICH 4.0 writes none after an error
    return codes;
}

}  // namespace

Intercomm Intracomm::Spawn(const std::string& command, const detail::StringList& args, int maxprocs, const Info& info, int root,
                           const detail::ErrorCodes& errcodes, At at) const {
    detail::check_root(*this, root, at);
    const Caller caller(at);
    std::vector<std::string> words;
    std::exception_ptr failure;
    if (Get_rank(at) == root)
        failure = failure_of([&] {
            check_can_start(command, maxprocs, info, caller);
            words = detail::launcher_arguments(args, at);
        });
    maxprocs = agree(*this, failure, maxprocs, root, "MPI_Comm_spawn", on(at));
    std::vector<int> own;
    std::vector<char*> argv = detail::argument_vector(words);
    MPI_Comm raw = MPI_COMM_NULL;
    call<MPI_Comm_spawn>(command.c_str(), argv.data(), maxprocs, info.handle(), root, handle(), &raw, room_for(maxprocs, errcodes, own), on(at));
    return Intercomm::take_connected(raw, at);
}

Intercomm Intracomm::Spawn_multiple(const detail::StringList& commands, const detail::StringLists& args, detail::IntList maxprocs,
                                    const detail::InfoList& info, int root, const detail::ErrorCodes& errcodes, At at) const {
    detail::check_root(*this, root, at);
    const Caller caller(at);
    const bool is_root = Get_rank(at) == root;
    Programs programs;
    std::exception_ptr failure;
    if (is_root)
        failure = failure_of([&] { programs = programs_of(commands, args, maxprocs, info, caller); });
    const int processes = agree(*this, failure, programs.processes(), root, "MPI_Comm_spawn_multiple", on(at));
    std::vector<char*> names = detail::argument_vector(commands);
    if (!is_root) {  // one program instead, of as many processes: Open MPI reads their number for the error codes
        names.assign(1, const_cast<char*>(""));
        programs.add({}, processes, INFO_NULL);
    }
    std::vector<int> own;
    MPI_Comm raw = MPI_COMM_NULL;
    call<MPI_Comm_spawn_multiple>(static_cast<int>(programs.maxprocs.size()), names.data(), programs.argvs.data(), programs.maxprocs.data(),
                                  programs.infos.data(), root, handle(), &raw, room_for(processes, errcodes, own), on(at));
    return Intercomm::take_connected(raw, at);
}

}  // namespace MPI4CXX
