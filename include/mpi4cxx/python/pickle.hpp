// Pickles of Python's in memory, for files and for tests. PickleComm sends them.
#pragma once

#include <mpi4cxx/python/conversion.hpp>
#include <mpi4cxx/python/read.hpp>
#include <mpi4cxx/python/write.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace MPI4CXX::python {

/// Return the pickle of a value, as Python's `pickle.loads` reads it.
template <class T> [[nodiscard]] std::vector<std::byte> dumps(const T& value, At at = {}) {
    Output pickle(detail::PickleBuffers::inside, "dumps", at);
    write(pickle, value);
    pickle.end();
    return {pickle.pickle().begin(), pickle.pickle().end()};
}

/// Return the value that Python's `pickle.dumps` has written, of any protocol from 2 to 5. `buffers` are those that a pickle of protocol 5 refers to.
/// Reading executes nothing and imports nothing. Throws an Exception of class ERR_TYPE if the bytes are no pickle, or the value is no `T`.
template <class T> [[nodiscard]] T loads(std::span<const std::byte> pickle, std::span<const std::span<const std::byte>> buffers = {}, At at = {}) {
    const detail::PickleDocument document(pickle, buffers, "loads", at);
    T value{};
    read(Input(document, document.root()), value);
    return value;
}

}  // namespace MPI4CXX::python
