#include <mpi4cxx/error.hpp>

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/mpi/count_list.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/detail/mpi/subject.hpp>

#include "runtime/callback.hpp"
#include "runtime/finalize.hpp"
#include "runtime/kept_text.hpp"
#include "runtime/text.hpp"

#include <cstdlib>
#include <utility>

namespace MPI4CXX {

namespace {

std::string at_text(At at) { return *at.file == '\0' ? "" : std::string(" (") + at.file + ":" + std::to_string(at.line) + ")"; }

// MPICH 4.0 writes behind MPI_MAX_ERROR_STRING characters if a text fills them: it adds another to the first null character that it finds.
constexpr int error_string_size = 2 * MPI_MAX_ERROR_STRING;

// The next functions call MPI without checking return codes, because they describe an error already. Open MPI 4.1 ends the program if they call it
// before MPI_Init.

std::string error_text(int code) {
    if (!detail::is_running())
        return "error " + std::to_string(code);
    char text[error_string_size] = "";
    int length = 0;
    MPI_Error_string(code, text, &length);
    return text;
}

int class_of(int code) {
    int result = code;
    if (detail::is_running())
        MPI_Error_class(code, &result);
    return result;
}

/// Returns the same for the functions that start processes and connect them.
std::string mend_of_processes(std::string_view function, std::string_view text) {
    const bool starts = function.starts_with("MPI_Comm_spawn");
    if (function.ends_with("_name"))
        return detail::is_open_mpi()
                   ? "; jobs of different mpiexecs find each other's names by a server: `ompi-server -r FILE`, and for each job `mpiexec "
                     "--ompi-server file:FILE`"
                   : "; jobs of different mpiexecs find each other's names by a server: `hydra_nameserver`, and for each job `mpiexec "
                     "-nameserver HOST`";
    if (text.find("no space for port_name") != std::string_view::npos)
        return "; the addresses of this process are longer than the name of a port: set UCX_TLS=tcp,self for the start";
    if (!starts && !detail::rarely_has_dynamic_processes())
        return {};
    std::string result = starts ? "; start the processes with the program instead: `mpiexec -n 1 ./program : -n 3 ./other`"
                                : "; start the processes together instead: `mpiexec -n 1 ./server : -n 3 ./client`";
    if (detail::rarely_has_dynamic_processes())
        result += ", or use Open MPI or MPICH 5: this MPICH can rarely start or connect processes";
    else if (std::getenv("SLURM_JOB_ID") != nullptr)
        result += "; srun mostly cannot start more: `srun -n 4` starts all";
    else if (detail::is_open_mpi())
        result += ", or give mpiexec more slots: `mpiexec --host localhost:4` or `--oversubscribe`";
    return result;
}

/// Returns what MPI's text on an error of `error_class` in `function` leaves out: what is wrong, or what to write instead.
std::string mend(int error_class, std::string_view function, std::string_view text, const MPI_Comm* comm) {
    for (const char* name : {"MPI_Comm_spawn", "MPI_Comm_spawn_multiple", "MPI_Open_port", "MPI_Comm_accept", "MPI_Comm_connect", "MPI_Comm_join",
                             "MPI_Publish_name", "MPI_Lookup_name"})
        if (function == name)
            return mend_of_processes(function, text);
    if (error_class == MPI_ERR_TAG && (comm != nullptr || detail::has_world())) {
        int* largest = nullptr;
        int found = 0;
        if (MPI_Comm_get_attr(detail::has_world() ? MPI_COMM_WORLD : *comm, MPI_TAG_UB, &largest, &found) == MPI_SUCCESS && found != 0)
            return "; tags of messages go from 0 to " + std::to_string(*largest) + " (TAG_UB)";
    }
    if (error_class == MPI_ERR_WIN && detail::has_broken_osc_rdma() && function.starts_with("MPI_Win_create"))
        return "; Open MPI may lack a component for this window: set OMPI_MCA_osc=^pt2pt,rdma";
    if (error_class == MPI_ERR_OTHER && detail::is_open_mpi() && function == "MPI_File_sync")
        return "; Open MPI refuses this while a nonblocking call on any file is under way, and after a collective write to any file has failed";
    if (error_class == MPI_ERR_OP && !function.starts_with("MPI_Op_"))
        return "; the operation does not work on elements of this type: SUM and PROD take numbers, MAX and MIN those that are not complex, LAND, "
               "LOR and LXOR integers and bool, BAND, BOR and BXOR integers and bytes, MINLOC and MAXLOC pairs (MPI-4.0, 6.9.2)";
    if (error_class == MPI_ERR_BUFFER && (function.find("Bsend") != std::string_view::npos || function.find("bsend") != std::string_view::npos ||
                                          text.find("Bsend") != std::string_view::npos))
        return "; a buffered send needs an attached buffer with room for the bytes of each message under way and BSEND_OVERHEAD: "
               "`Attach_buffer(bytes)`";
    if (error_class == MPI_ERR_TRUNCATE)
        return function.find("ecv") != std::string_view::npos || function.find("Wait") != std::string_view::npos ||
                       function.find("Test") != std::string_view::npos
                   ? "; the message is longer than the buffer: `Recv<T>(source, tag)` takes any length"
                   : "; the processes do not give the same length";
    return {};
}

thread_local detail::KeptText callback_words;
thread_local int callback_class = MPI_SUCCESS;  // of the error that the callback has returned

/// Returns whether MPI calls callbacks in `function`: of attributes, of data representations or of general requests.
bool calls_back(std::string_view function) {
    for (const char* part : {"attr", "dup", "free", "disconnect", "File_", "Wait", "Test", "get_status", "Cancel"})
        if (function.find(part) != std::string_view::npos)
            return true;
    return false;
}

/// Returns what the callback has said that caused an error of this class in `function`. Forgets it: each error has a cause of its own. What a
/// callback says in a destructor, which tells nobody, is not the cause of the next error.
std::string words_of_callback(int error_class, std::string_view function) {
    const bool is_cause = std::exchange(callback_class, MPI_SUCCESS) == error_class && error_class != MPI_SUCCESS && calls_back(function);
    return is_cause ? std::string("; a callback has thrown: ") + callback_words.text() : "";
}

}  // namespace

void detail::note_callback(int error_class, const char* words) noexcept {
    callback_class = error_class;
    callback_words.keep(words);
}

struct Exception::Parts {
    int code, rank = -1, size = 0;
    At at;
    std::string text, hint, function, object;

    Parts(int error, std::string_view name, const std::string& own_text, detail::Place where)
        : code(error), at(where.at()), text(own_text.empty() ? error_text(error) : own_text), hint(words_of_callback(class_of(error), name)),
          function(name) {
        hint = own_text.empty() ? mend(class_of(error), name, text, where.comm) + hint : "";
        if (!detail::is_running())
            return;
        if (where.subject != nullptr) {
            object = where.subject->name();
            rank = where.subject->rank;
            size = where.subject->size;
        } else if (where.comm != nullptr) {
            describe(*where.comm);
        }
    }

    void describe(MPI_Comm comm) {
        // MPI is not asked about a handle that is not a communicator: that would be another error.
        char label[MPI_MAX_OBJECT_NAME] = "";
        int length = 0;
        if (class_of(code) == MPI_ERR_COMM || MPI_Comm_get_name(comm, label, &length) != MPI_SUCCESS)
            return;
        object = length > 0 ? label : "a communicator";
        MPI_Comm_rank(comm, &rank);
        MPI_Comm_size(comm, &size);
    }

    [[nodiscard]] std::string message() const {
        std::string result = function;
        if (!object.empty())
            result += " on " + object;
        if (rank >= 0)
            result += ", rank " + std::to_string(rank) + " of " + std::to_string(size);
        return result + (result.empty() ? "" : ": ") + text + hint + at_text(at);
    }
};

Exception::Exception(int code, std::string_view function, const std::string& text, detail::Place where)
    : Exception(Parts(code, function, text, where)) {}

Exception::Exception(Parts&& parts)
    : std::runtime_error(parts.message()), code_(parts.code), class_(class_of(parts.code)), rank_(parts.rank), at_(parts.at),
      text_(std::move(parts.text)), function_(std::move(parts.function)), object_(std::move(parts.object)) {
    detail::note_error(what());
}

int Get_error_class(int code, At at) { return detail::get<MPI_Error_class>(code, at); }
std::string Get_error_string(int code, At at) { return detail::text<MPI_Error_string, error_string_size>(at, code); }

int Add_error_class(At at) { return detail::get<MPI_Add_error_class>(at); }
int Add_error_code(int errorclass, At at) { return detail::get<MPI_Add_error_code>(errorclass, at); }
void Add_error_string(int errorcode, const std::string& text, At at) { detail::call<MPI_Add_error_string>(errorcode, text.c_str(), at); }
void Remove_error_class(int errorclass, At at) { detail::call<MPI_Remove_error_class>(errorclass, at); }
void Remove_error_code(int errorcode, At at) { detail::call<MPI_Remove_error_code>(errorcode, at); }
void Remove_error_string(int errorcode, At at) { detail::call<MPI_Remove_error_string>(errorcode, at); }

namespace detail {

namespace {

/// Returns which MPIs have a function that this one lacks, if there is more to say than that newer ones do.
std::string who_has(std::string_view function) {
    const bool is_of_sessions = function.find("ession") != std::string_view::npos || function.find("_from_group") != std::string_view::npos;
    return is_of_sessions ? "; sessions came with MPICH 4.0 and Open MPI 5.0" : "";
}

[[noreturn]] void raise_at(int code, std::string_view function, Place where) {
    if (where.subject != nullptr && code >= 0)
        code = where.subject->better(code);
    if (code == outside_mpi())
        throw Exception(MPI_ERR_OTHER, function,
                        has_ended() ? "MPI is finalized: the Environment has ended, Finalize has been called, or the last Session has ended"
                                    : "MPI is not initialized: make an mpi4cxx::Environment first",
                        where.at());
    // A null communicator is detected here, where the check costs nothing in a call that succeeds.
    if (where.comm != nullptr && *where.comm == MPI_COMM_NULL)
        refuse_null_comm(function, where.at());
    if (code == missing_function())
        throw Exception(MPI_ERR_UNSUPPORTED_OPERATION, function, "not supported by this MPI: it has no such function" + who_has(function), where);
    throw Exception(code, function, {}, where);
}

}  // namespace

void raise(int code, std::string_view function, const char* file, unsigned long line, const MPI_Comm* comm) {
    raise_at(code, function, {{file, line}, comm});
}
void raise_on(int code, std::string_view function, const char* file, unsigned long line, const Subject* subject) {
    raise_at(code, function, {{file, line}, subject});
}

void misuse(Caller caller, const std::string& text) {
    const std::string whole = std::string(caller.method) + ": " + text + at_text(caller.at);
    note_error(whole.c_str());
    throw std::invalid_argument(whole);
}

void refuse_unsigned(unsigned long long value, bool wide, At at) {
    misuse({at, "counts and displacements"},
           std::to_string(value) + " is more than " + (wide ? "a Count holds" : "an int holds: make them a vector of mpi4cxx::Count"));
}

void refuse_null(int error_class, std::string_view function, const char* text, At at) { throw Exception(error_class, function, text, at); }

void refuse_null_comm(std::string_view function, At at) {
    refuse_null(
        MPI_ERR_COMM, function,
        "the communicator is null: it comes of a Split with color UNDEFINED, of a Create, Create_group, Create_cart or Create_graph that left "
        "this process out, or it was never set, moved from or freed",
        at);
}

}  // namespace detail

}  // namespace MPI4CXX
