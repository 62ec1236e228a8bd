#include "communicators/session_members.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/group.hpp>

#include "requests/progress.hpp"
#include "runtime/finalize.hpp"
#include "runtime/text.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// What MPI keeps with a communicator of a session, as an attribute. A duplicate gets a copy, which does not know the duplicate's handle.
struct Member {
    MPI_Session session;
    MPI_Comm comm;
};

// MPI is not called under this lock: it has locks of its own, which it may hold when it copies and deletes attributes.
std::mutex mutex;
std::vector<std::unique_ptr<Member>>& members = *new std::vector<std::unique_ptr<Member>>;  // never destroyed, because MPI may end later

Member* add(MPI_Session session, MPI_Comm comm) {
    const std::lock_guard lock(mutex);
    return members.emplace_back(new Member{session, comm}).get();
}

int copy(MPI_Comm, int, void*, void* value, void* copied, int* flag) {
    *flag = 1;
    *static_cast<void**>(copied) = add(static_cast<const Member*>(value)->session, MPI_COMM_NULL);
    return MPI_SUCCESS;
}

int forget(MPI_Comm, int, void* value, void*) {
    const std::lock_guard lock(mutex);
    std::erase_if(members, [&](const auto& member) { return member.get() == value; });
    return MPI_SUCCESS;
}

int key() {
    static int made = MPI_KEYVAL_INVALID;
    static const bool once = [] {
        call<MPI_Comm_create_keyval>(copy, forget, &made, nullptr);
        at_end([] { MPI_Comm_free_keyval(&made); });
        return true;
    }();
    (void)once;
    return made;
}

std::vector<MPI_Comm> handles_of(MPI_Session session) {
    const std::lock_guard lock(mutex);
    std::vector<MPI_Comm> handles;
    for (const auto& member : members)
        if (member->session == session)
            handles.push_back(member->comm);
    return handles;
}

std::string described(MPI_Comm comm) {
    char name[MPI_MAX_OBJECT_NAME] = "";
    int length = 0;
    if (comm == MPI_COMM_NULL)
        return "a duplicate";
    if (MPI_Comm_get_name(comm, name, &length) != MPI_SUCCESS || length == 0)
        return "one without a name";
    return '"' + std::string(name) + '"';
}

}  // namespace

void join_session(MPI_Comm comm, MPI_Session session) {
    if (session != MPI_SESSION_NULL && comm != MPI_COMM_NULL)
        call<MPI_Comm_set_attr>(comm, key(), add(session, comm));
}

void join_session_of(MPI_Comm parent, MPI_Comm comm) {
    if (is_session_open())
        join_session(comm, session_of(parent));
}

void leave_session(MPI_Comm comm) {
    if (is_session_open() && session_of(comm) != MPI_SESSION_NULL)
        call<MPI_Comm_delete_attr>(comm, key());
}

MPI_Session session_of(MPI_Comm comm) {
    void* value = nullptr;
    int found = 0;
    if (is_session_open())
        call<MPI_Comm_get_attr>(comm, key(), &value, &found);
    return found != 0 ? static_cast<const Member*>(value)->session : MPI_SESSION_NULL;
}

std::string members_of(MPI_Session session) {
    constexpr std::size_t most = 5;
    std::vector<MPI_Comm> handles = handles_of(session);
    if (!handles.empty()) {
        // MPICH keeps a communicator that was freed until its messages are complete, and nobody waits for some of the library's own.
        settle_left();
        handles = handles_of(session);
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(handles.size(), most); ++i) text += (i == 0 ? "" : ", ") + described(handles[i]);
    return text + (handles.size() > most ? ", and " + std::to_string(handles.size() - most) + " more" : "");
}

namespace {

/// Returns the number of processes of a group that must not be null.
int size_of(const Group& group, Caller caller) {
    if (group.is_null())
        refuse_null(MPI_ERR_GROUP, caller.method, "the group is null: it has been freed or moved from, or was never made", caller.at);
    return group.Get_size(caller.at);
}

void refuse_without_world(std::string_view function, const char* what, Place where) {
    if (is_session_open() && !has_world())
        throw Exception(MPI_ERR_UNSUPPORTED_OPERATION, function,
                        std::string("not supported by this MPI in a program that has only sessions: ") + what, where);
}

}  // namespace

bool check_from_group(const Group& group, const std::string& stringtag, Caller caller) {
    if (!has_sessions)
        return false;
    const int size = size_of(group, caller);
    if (size != 0 && group.Get_rank(caller.at) == UNDEFINED)
        misuse(caller, "this process is not in the group of " + std::to_string(size));
    (void)whole(stringtag, "the stringtag", caller);
    if (stringtag.size() >= MPI_MAX_STRINGTAG_LEN)
        misuse(caller,
               "a stringtag of " + std::to_string(stringtag.size()) + " characters, where MPI takes " + std::to_string(MPI_MAX_STRINGTAG_LEN - 1));
    return size == 0;
}

void need_world(std::string_view function, const char* what, Place where) {
    if (crashes_without_world())
        refuse_without_world(function, what, where);
}

void need_world_for_files(std::string_view function, Place where) {
    if (opens_no_files_without_world())
        refuse_without_world(function, "files, which need MPI_Init", where);
}

void need_world_for_empty_grid(std::string_view function, int processes, Place where) {
    if (crashes_in_empty_grid_without_world(processes))
        refuse_without_world(function, "a grid without dimensions", where);
}

void check_leader(const Group& group, int leader, const char* name, Caller caller) {
    if (const int size = has_sessions ? size_of(group, caller) : leader + 1; leader < 0 || leader >= size)
        misuse(caller, std::string(name) + " is " + std::to_string(leader) + " in a group of " + std::to_string(size));
}

}  // namespace MPI4CXX::detail
