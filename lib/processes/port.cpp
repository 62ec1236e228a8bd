// Ports, and the processes that meet at them.
#include <mpi4cxx/port.hpp>

#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/intercomm.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "runtime/failure.hpp"
#include "runtime/finalize.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace MPI4CXX {

using detail::call;
using detail::get;

namespace {

/// Returns the port name that `Fn`, whose last parameter it is, writes.
template <auto Fn, class... Args> std::string port_name_of(At at, Args... args) {
    std::array<char, MPI_MAX_PORT_NAME + 1> name{};
    call<Fn>(args..., name.data(), at);
    return name.data();
}

[[noreturn]] void refuse_port(const std::string& name, std::string_view function, detail::Place where) {
    throw Exception(MPI_ERR_PORT, function, "\"" + name + "\" is not the name of a port", where);
}

/// Throws an Exception of class ERR_PORT on all processes if the root's name is none of a port. Collective.
void check_port_name(const Intracomm& comm, const std::string& name, int root, std::string_view function, detail::Place where) {
    detail::check_root(comm, root, where.at());
    std::exception_ptr failure;
    if (comm.Get_rank(where.at()) == root)
        failure = detail::failure_of([&] {
            const std::size_t point = name.find('.');
            const bool is_unreadable =
                detail::waits_for_unreadable_port() && (point == std::string::npos || name.find(':', point) == std::string::npos);
            if (name.empty() || name.size() >= MPI_MAX_PORT_NAME || is_unreadable)
                refuse_port(name, function, where);
        });
    detail::agree(comm, failure, function, where);
}

void check_open(const Port& port, detail::Caller caller) {
    if (port.is_null())
        detail::misuse(caller, "the port is null: it was never opened, moved from or closed");
}

}  // namespace

std::string Open_port(const Info& info, At at) { return port_name_of<MPI_Open_port>(at, info.handle()); }

void Close_port(const std::string& port_name, At at) {
    if (port_name.empty())  // MPICH crashes
        refuse_port(port_name, "MPI_Close_port", at);
    call<MPI_Close_port>(port_name.c_str(), at);
}

void Publish_name(const std::string& service_name, const std::string& port_name, const Info& info, At at) {
    call<MPI_Publish_name>(service_name.c_str(), info.handle(), port_name.c_str(), at);
}

void Unpublish_name(const std::string& service_name, const std::string& port_name, const Info& info, At at) {
    call<MPI_Unpublish_name>(service_name.c_str(), info.handle(), port_name.c_str(), at);
}

std::string Lookup_name(const std::string& service_name, const Info& info, At at) {
    return port_name_of<MPI_Lookup_name>(at, service_name.c_str(), info.handle());
}

Intercomm Intracomm::Accept(const std::string& port_name, const Info& info, int root, At at) const {
    check_port_name(*this, port_name, root, "MPI_Comm_accept", on(at));
    return Intercomm::take_connected(get<MPI_Comm_accept>(port_name.c_str(), info.handle(), root, handle(), on(at)), at);
}

Intercomm Intracomm::Connect(const std::string& port_name, const Info& info, int root, At at) const {
    check_port_name(*this, port_name, root, "MPI_Comm_connect", on(at));
    return Intercomm::take_connected(get<MPI_Comm_connect>(port_name.c_str(), info.handle(), root, handle(), on(at)), at);
}

Port::~Port() {
    if (is_null() || !detail::is_running())
        return;
    try {
        Close();
    } catch (const Exception&) {  // the port is closed when MPI ends
    }
}

Port Port::Open(const Info& info, At at) {
    Port port;
    port.name_ = Open_port(info, at);
    return port;
}

void Port::Publish(const std::string& service_name, const Info& info, At at) {
    check_open(*this, {at});
    if (service_name.empty())
        detail::misuse(at, "the name of the service is empty");
    if (!service_.empty())
        detail::misuse(at, "the port is published as \"" + service_ + "\" already");
    Info scope = info.copy(at);
    std::string service = service_name;
    Publish_name(service_name, name_, info, at);
    scope_ = std::move(scope);
    service_ = std::move(service);
}

void Port::Unpublish(At at) {
    if (service_.empty())
        return;
    const std::string service = std::exchange(service_, {});
    const Info scope = std::move(scope_);
    Unpublish_name(service, name_, scope, at);
}

void Port::Close(At at) {
    check_open(*this, {at});
    const std::string name = name_;
    const std::exception_ptr failure = detail::failure_of([&] { Unpublish(at); });
    name_.clear();
    Close_port(name, at);
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace MPI4CXX
