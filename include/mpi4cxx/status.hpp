#pragma once

#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/datatype.hpp>

#include <array>

namespace MPI4CXX {

/// The result of a receive: source, tag and size of the message (MPI-4.0, 3.2.5).
class MPI4CXX_API Status {
public:
    Status() noexcept : raw_{} {
        raw_.MPI_SOURCE = ANY_SOURCE;
        raw_.MPI_TAG = ANY_TAG;
    }
    explicit Status(const MPI_Status& raw) noexcept : raw_(raw) {}
    /// Return the status that a Fortran status holds. Calls MPI_Status_f2c (MPI-4.0, 19.3.5).
    [[nodiscard]] static Status f2c(const std::array<Fint, F_STATUS_SIZE>& fortran, At at = {});
    /// Return the status as Fortran has it. Calls MPI_Status_c2f (MPI-4.0, 19.3.5).
    [[nodiscard]] std::array<Fint, F_STATUS_SIZE> c2f(At at = {}) const;
    [[nodiscard]] const MPI_Status& handle() const noexcept { return raw_; }
    /// The address to which MPI writes the status, MPI_STATUS_IGNORE for null.
    [[nodiscard]] static MPI_Status* to(Status* status) noexcept { return status != nullptr ? &status->raw_ : MPI_STATUS_IGNORE; }

    // The envelope of the message. The error is set if several operations complete (MPI-4.0, 3.2.5 and 3.7.5).
    [[nodiscard]] int Get_source() const noexcept { return raw_.MPI_SOURCE; }
    [[nodiscard]] int Get_tag() const noexcept { return raw_.MPI_TAG; }
    [[nodiscard]] int Get_error() const noexcept { return raw_.MPI_ERROR; }
    void Set_source(int source) noexcept { raw_.MPI_SOURCE = source; }
    void Set_tag(int tag) noexcept { raw_.MPI_TAG = tag; }
    void Set_error(int error) noexcept { raw_.MPI_ERROR = error; }

    [[nodiscard]] int source() const noexcept { return Get_source(); }
    [[nodiscard]] int tag() const noexcept { return Get_tag(); }
    [[nodiscard]] int error() const noexcept { return Get_error(); }
    /// The length of the message in bytes.
    [[nodiscard]] Count count(At at = {}) const { return Get_count(BYTE, at); }
    /// Tell whether the operation was cancelled.
    [[nodiscard]] bool cancelled(At at = {}) const { return Is_cancelled(at); }

    /// Return the number of whole elements of `datatype`, by default bytes; UNDEFINED if the message ends inside an element. Calls MPI_Get_count
    /// (MPI-4.0, 3.2.5).
    [[nodiscard]] Count Get_count(const Datatype& datatype = BYTE, At at = {}) const;
    /// Return the number of basic elements. Calls MPI_Get_elements_x (MPI-4.0, 5.1.11).
    [[nodiscard]] Count Get_elements(const Datatype& datatype, At at = {}) const;
    /// Set what Get_elements returns. Calls MPI_Status_set_elements_x (MPI-4.0, 13.3).
    void Set_elements(const Datatype& datatype, Count count, At at = {});
    /// Tell whether the operation was cancelled. Calls MPI_Test_cancelled (MPI-4.0, 3.8.4).
    [[nodiscard]] bool Is_cancelled(At at = {}) const;
    /// Set what Is_cancelled returns. Calls MPI_Status_set_cancelled (MPI-4.0, 13.3).
    void Set_cancelled(bool flag, At at = {});

private:
    MPI_Status raw_;
};

}  // namespace MPI4CXX
