// Representations of data in files that the user defines.
#include <mpi4cxx/file.hpp>

#include "runtime/callback.hpp"

#include <memory>
#include <string>
#include <utility>

namespace MPI4CXX {

namespace {

struct Representation {
    ConversionFunction read, write;
    ExtentFunction extent;
};

template <auto Function> int convert(void* userbuf, MPI_Datatype type, int count, void* filebuf, MPI_Offset position, void* representation) {
    return detail::code_of(
        [&] { (static_cast<Representation*>(representation)->*Function)(userbuf, Datatype::borrow(type), count, filebuf, position); });
}

int find_extent(MPI_Datatype type, MPI_Aint* extent, void* representation) {
    return detail::code_of([&] { *extent = static_cast<Representation*>(representation)->extent(Datatype::borrow(type)); });
}

}  // namespace

void Register_datarep(const std::string& datarep, ConversionFunction read_fn, ConversionFunction write_fn, ExtentFunction extent_fn, At at) {
    auto representation = std::make_unique<Representation>(Representation{std::move(read_fn), std::move(write_fn), std::move(extent_fn)});
    MPI_Datarep_conversion_function* const read = representation->read ? convert<&Representation::read> : MPI_CONVERSION_FN_NULL;
    MPI_Datarep_conversion_function* const write = representation->write ? convert<&Representation::write> : MPI_CONVERSION_FN_NULL;
    detail::call<MPI_Register_datarep>(datarep.c_str(), read, write, find_extent, representation.get(), at);
    (void)representation.release();  // MPI has no function that removes a representation
}

}  // namespace MPI4CXX
