#include <mpi4cxx/serialize.hpp>

#include <mpi4cxx/error.hpp>

#include <string>

namespace mpi4cxx {

void InputArchive::corrupt(const char* what) { throw Exception(MPI_ERR_TYPE, "unpack", std::string("the bytes are no such object: ") + what); }

namespace detail {

void wrong_type(std::uint64_t, std::string_view wanted) {
    throw Exception(MPI_ERR_TYPE, "unpack", "the object is of another type than " + std::string(wanted));
}

}  // namespace detail
}  // namespace mpi4cxx
