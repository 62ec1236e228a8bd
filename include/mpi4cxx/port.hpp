// Ports, by which processes that have no communicator in common find each other. Intracomm::Accept and Intracomm::Connect use them.
#pragma once

#include <mpi4cxx/info.hpp>

#include <string>

namespace MPI4CXX {

/// Open a port and return its name, to which other processes can connect. Calls MPI_Open_port (MPI-4.0, 11.9.2). Local.
[[nodiscard]] MPI4CXX_API std::string Open_port(const Info& info = INFO_NULL, At at = {});
/// Close a port. Calls MPI_Close_port (MPI-4.0, 11.9.2). Local.
MPI4CXX_API void Close_port(const std::string& port_name, At at = {});
/// Let other processes look up a port by the name of a service. Calls MPI_Publish_name (MPI-4.0, 11.9.4). Local.
MPI4CXX_API void Publish_name(const std::string& service_name, const std::string& port_name, const Info& info = INFO_NULL, At at = {});
/// Take back the name of a service. Calls MPI_Unpublish_name (MPI-4.0, 11.9.4). Local.
MPI4CXX_API void Unpublish_name(const std::string& service_name, const std::string& port_name, const Info& info = INFO_NULL, At at = {});
/// Return the port of a service. Throws an Exception of class ERR_NAME if the service is unknown. Calls MPI_Lookup_name (MPI-4.0, 11.9.4). Local.
[[nodiscard]] MPI4CXX_API std::string Lookup_name(const std::string& service_name, const Info& info = INFO_NULL, At at = {});

/// An open port: takes back the name that it has published and closes itself. Moved, never copied. Local.
/// Only the root of an Accept needs one, so that other processes have a null port, whose name is empty.
class MPI4CXX_API Port {
public:
    Port() noexcept = default;
    Port(Port&& other) noexcept { swap(other); }
    Port& operator=(Port&& other) noexcept {
        Port(std::move(other)).swap(*this);
        return *this;
    }
    /// Calls MPI_Unpublish_name if a name is published, and MPI_Close_port (MPI-4.0, 11.9).
    ~Port();

    /// Open a port. Calls MPI_Open_port (MPI-4.0, 11.9.2).
    [[nodiscard]] static Port Open(const Info& info = INFO_NULL, At at = {});
    /// Let other processes look up this port by the name of a service. Calls MPI_Publish_name (MPI-4.0, 11.9.4).
    void Publish(const std::string& service_name, const Info& info = INFO_NULL, At at = {});
    /// Take back the name of the service, if there is one. Calls MPI_Unpublish_name (MPI-4.0, 11.9.4).
    void Unpublish(At at = {});
    /// Take back the name of the service and close the port. Calls MPI_Close_port (MPI-4.0, 11.9.2).
    void Close(At at = {});

    /// The name of the port, to which other processes can connect.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// The name of the service that is published; empty if none is.
    [[nodiscard]] const std::string& service_name() const noexcept { return service_; }
    [[nodiscard]] bool is_null() const noexcept { return name_.empty(); }
    explicit operator bool() const noexcept { return !is_null(); }

private:
    void swap(Port& other) noexcept {
        name_.swap(other.name_);
        service_.swap(other.service_);
        std::swap(scope_, other.scope_);
    }

    std::string name_, service_;
    Info scope_;  // with which the name is published
};

}  // namespace MPI4CXX
