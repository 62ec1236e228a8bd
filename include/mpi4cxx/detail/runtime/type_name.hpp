#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <typeinfo>

namespace MPI4CXX::detail {

template <class T> consteval std::string_view type_name() {  // "std::vector<double>"
    const std::string_view function = __PRETTY_FUNCTION__;
    const std::size_t begin = function.find("T = ") + 4;
    const std::size_t end = function.rfind(';');  // GCC goes on with what std::string_view is
    return function.substr(begin, (end == std::string_view::npos ? function.size() - 1 : end) - begin);
}

/// A type that this program sends or receives, on the list of all such, so that an error can name what came instead.
class MPI4CXX_API ObjectType {
public:
    explicit ObjectType(const std::type_info& type) noexcept;
    ObjectType(const ObjectType&) = delete;
    ObjectType& operator=(const ObjectType&) = delete;

    /// What `function` throws where an object of the type of hash `came` has come instead of one of this type.
    [[nodiscard]] Exception mismatch(const char* function, std::uint64_t came, Place where) const;

    /// Tells types apart on the wire. It is made of the mangled name: how GCC spells a type depends on how it was spelled before.
    const std::uint64_t hash;

private:
    const char* mangled_;
    const ObjectType* next_;
};

template <class T> inline const ObjectType object_type{typeid(T)};

}  // namespace MPI4CXX::detail
