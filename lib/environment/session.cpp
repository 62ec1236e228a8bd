#include <mpi4cxx/session.hpp>

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>

#include "communicators/session_members.hpp"
#include "environment/process.hpp"
#include "handles/handler_table.hpp"
#include "requests/buffered.hpp"
#include "runtime/finalize.hpp"
#include "runtime/tracing.hpp"

#include <strings.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace MPI4CXX {

using detail::call;
using detail::get;

const Session SESSION_NULL;

namespace detail {

template <> struct InstalledHandler<Session> : HandlerTable<Session> {};

namespace {

// Sessions that nobody can finalize any more, because an exception has dropped them or they have communicators. Never destroyed, because sessions
// that are static objects end later.
std::vector<MPI_Session>& left_open = *new std::vector<MPI_Session>;

bool has_begun_first = false;  // a session, before MPI_Init
std::vector<MPI_Session>& kept_open = *new std::vector<MPI_Session>;

void finalize_kept_sessions() {
    if (!has_world())
        for (MPI_Session session : kept_open) MPI_Session_finalize(&session);
}

/// Leaves a session to the end of the process if MPI_Finalize would crash without one that is open. Returns whether that is so.
bool keep_open(MPI_Session session) {
    if (!needs_session_to_finalize() || !has_begun_first || !has_world())
        return false;
    if (kept_open.empty())
        std::atexit(finalize_kept_sessions);
    kept_open.push_back(session);
    return true;
}

/// Leaves a session to MPI_Finalize, where no process waits for the others yet. Without that, the processes of the session would wait for this one.
void leave_open(MPI_Session session, const char* reason) {
    if (left_open.empty())
        at_finalize(finalize_left_sessions);
    left_open.push_back(session);
    if (!has_world())
        abort_at_exit(reason);
}

/// Warns of an MPI that crashes in a job of one process without MPI_Init, in C too, where a request is tested before it is complete.
void warn_of_one_process(const Session& session) {
    if (crashes_without_world() && !has_world() && session.Create_group("mpi://WORLD").size() == 1)
        std::fprintf(stderr, "mpi4cxx: warning: this MPI can crash in a job of one process that has only sessions: make an Environment too\n");
}

/// Says that a program without MPI_Init has no trace, if its last session ends and the user has asked for one.
void report_missing_trace(const Session& session) {
    if (is_trace_asked() && open_sessions == 1 && get<MPI_Initialized>() == 0 && session.Create_group("mpi://WORLD").rank() == 0)
        std::fprintf(stderr, "mpi4cxx: MPI4CXX_TRACE is set, but a program that has only sessions is not traced: make an Environment\n");
}

std::string quoted(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "\"" : ", \"") + name + '"';
    return text;
}

}  // namespace

void finalize_left_sessions() {
    for (MPI_Session session : left_open) {
        const MPI_Session ended = session;
        if (keep_open(session) || MPI_Session_finalize(&session) == MPI_SUCCESS)
            forget_session(ended);
    }
    left_open.clear();
}

}  // namespace detail

Session::Session(MPI_Session raw, std::optional<int> exceptions) : Handle(raw, detail::Ownership::borrow), exceptions_(exceptions) {
    if (!is_null())
        detail::note_session(raw);
}
Session::Session(Session&& other) noexcept : Handle(std::move(other)), exceptions_(std::exchange(other.exceptions_, std::nullopt)) {}
Session& Session::operator=(Session&& other) noexcept {
    if (this != &other) {
        drop();
        Handle::operator=(std::move(other));
        exceptions_ = std::exchange(other.exceptions_, std::nullopt);  // NOLINT(bugprone-use-after-move): the base has moved its own part
    }
    return *this;
}
Session::~Session() { drop(); }

Session Session::take(MPI_Session raw) { return {raw, std::uncaught_exceptions()}; }
Session Session::borrow(MPI_Session raw) { return {raw, std::nullopt}; }
MPI_Session Session::release() && noexcept {
    exceptions_.reset();
    return static_cast<Handle&&>(*this).release();
}

Session Session::Init(const Info& info, const Errhandler& errhandler, At at) {
    detail::check_mpi(at, "Session::Init");
    detail::check_not_ended(at, "Session::Init");
    if (!detail::is_running())
        detail::trace_if_asked();
    detail::has_begun_first = detail::has_begun_first || !detail::has_world();
    Session session = take([&] {
        const detail::Beginning beginning(true);
        return get<MPI_Session_init>(info.handle(), errhandler.handle(), at);
    }());
    session.Set_errhandler(errhandler, at);  // MPICH 4.0 forgets it
    detail::prepare_process(at);
    detail::warn_of_one_process(session);
    return session;
}

void Session::Finalize(At at) {
    (void)detail::place_of(*this, at);
    if (const std::string members = detail::members_of(handle()); !members.empty())
        detail::misuse(at, "free the communicators, windows and files of this session first: " + members);
    end(at);
}

void Session::end(At at) {
    detail::report_missing_trace(*this);
    MPI_Session raw = handle();
    detail::before_end_of_session();
    if (!detail::keep_open(raw))
        call<MPI_Session_finalize>(&raw, at);
    detail::InstalledHandler<Session>::forget(*this);
    detail::forget_session(std::move(*this).release());
}

void Session::drop() noexcept try {
    if (!exceptions_ || is_null() || !detail::is_running())
        return;
    if (std::uncaught_exceptions() > *exceptions_)
        return detail::leave_open(handle(), "an exception left the scope of an mpi4cxx::Session");
    const std::string members = detail::members_of(handle());
    if (members.empty())
        return end({});
    std::fprintf(stderr, "mpi4cxx: a Session goes out of scope before its communicators, windows and files: %s\n", members.c_str());
    detail::leave_open(handle(), "an mpi4cxx::Session has gone out of scope before its communicators");
} catch (const std::exception& e) {
    std::fprintf(stderr, "mpi4cxx: a Session stays open: %s\n", e.what());
}

detail::Place detail::place_of(const Session& session, At at) {
    if (has_sessions && session.is_null())
        refuse_null(MPI_ERR_SESSION, "Session", "the session is null: it has been finalized or moved from, or was never initialized", at);
    return {at};
}

void Session::check_pset(const std::string& pset_name, detail::Caller caller) const {
    const std::vector<std::string> names = psets(caller.at);
    if (std::none_of(names.begin(), names.end(), [&](const std::string& name) { return strcasecmp(name.c_str(), pset_name.c_str()) == 0; }))
        detail::misuse(caller, "there is no process set \"" + pset_name + "\"; there are " + detail::quoted(names));
}

int Session::Get_num_psets(const Info& info, At at) const {
    return get<MPI_Session_get_num_psets>(handle(), info.handle(), detail::place_of(*this, at));
}

std::string Session::Get_nth_pset(int n, const Info& info, At at) const {
    if (const int number = Get_num_psets(info, at); n < 0 || n >= number)
        detail::misuse(at, "process set " + std::to_string(n) + " of " + std::to_string(number));
    int size = 0;  // with the terminator
    call<MPI_Session_get_nth_pset>(handle(), info.handle(), n, &size, nullptr, at);
    std::string name(static_cast<std::size_t>(size), '\0');
    call<MPI_Session_get_nth_pset>(handle(), info.handle(), n, &size, name.data(), at);
    name.resize(name.find('\0'));
    return name;
}

Info Session::Get_info(At at) const { return Info::take(get<MPI_Session_get_info>(handle(), detail::place_of(*this, at))); }

Info Session::Get_pset_info(const std::string& pset_name, At at) const {
    check_pset(pset_name, at);
    return Info::take(get<MPI_Session_get_pset_info>(handle(), pset_name.c_str(), at));
}

ThreadLevel Session::thread_level(At at) const { return static_cast<ThreadLevel>(get<MPI_Query_thread>(detail::place_of(*this, at))); }

Group Session::Create_group(const std::string& pset_name, At at) const {
    check_pset(pset_name, at);
    return Group::take(get<MPI_Group_from_session_pset>(handle(), pset_name.c_str(), at), handle());
}

Group Group::Create_from_session_pset(const Session& session, const std::string& pset_name, At at) { return session.Create_group(pset_name, at); }

template class Buffered<Session>;
template class ErrorHandling<Session>;

}  // namespace MPI4CXX
