// The names of types, for error messages and for the check that a received object has the expected type.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <typeinfo>

namespace MPI4CXX::detail {

template <class T> consteval std::string_view type_name() {  // "std::vector<double>"
    const std::string_view function = __PRETTY_FUNCTION__;
    const std::size_t begin = function.find("T = ") + 4;
    const std::size_t end = function.rfind(';');  // GCC goes on to explain std::string_view
    return function.substr(begin, (end == std::string_view::npos ? function.size() - 1 : end) - begin);
}

/// A type of objects that this program sends or receives. All such types are on one list, so that an error can name the type that has come instead.
class MPI4CXX_API ObjectType {
public:
    ObjectType(const std::type_info& type, std::size_t size) noexcept;
    ObjectType(const ObjectType&) = delete;
    ObjectType& operator=(const ObjectType&) = delete;

    /// Returns the exception that `function` throws if an object whose type has the hash `came` has come instead of one of this type.
    [[nodiscard]] Exception mismatch(const char* function, std::uint64_t came, Place where) const;

    /// Returns the name of the type as people write it.
    [[nodiscard]] std::string name() const;

    /// Identifies the type in messages. It is a hash of the mangled name, because GCC's readable spelling of a type depends on how the type was
    /// spelled before. The size tells apart what has the same name in two programs, or in unnamed namespaces of two files.
    const std::uint64_t hash;

private:
    const char* mangled_;
};

template <class T> inline const ObjectType object_type{typeid(T), sizeof(T)};

}  // namespace MPI4CXX::detail
