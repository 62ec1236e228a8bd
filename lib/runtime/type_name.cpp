#include <mpi4cxx/detail/runtime/type_name.hpp>

#include <mpi4cxx/error.hpp>

#include "runtime/text.hpp"

#include <cxxabi.h>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <regex>
#include <string>
#include <utility>

namespace MPI4CXX::detail {

namespace {

/// A type on the list. It is no part of the ObjectType, which two libraries may share and would both put on the list.
struct Known {
    std::uint64_t hash;
    const char* mangled;
    const Known* next;
};
constinit std::atomic<const Known*> first{nullptr};  // libraries that are loaded later add their types

/// Returns the name of a type as people write it, without default template arguments.
std::string readable(const char* mangled) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> demangled(abi::__cxa_demangle(mangled, nullptr, nullptr, &status), &std::free);
    std::string text = demangled ? demangled.get() : mangled;
    const auto replace = [&text](const std::regex& what, const char* by) {
        for (std::string before; before != text;) before = std::exchange(text, std::regex_replace(text, what, by));
    };
    static const std::regex string("std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >");
    static const std::regex defaults(", std::(allocator|less|equal_to|hash|char_traits|default_delete)<[^<>]*>");
    static const std::regex space(" >");
    static const std::regex abi("mpi4cxx::abi_[0-9]+_[0-9]+_[a-z]+::");
    replace(abi, "mpi4cxx::");
    replace(string, "std::string");
    replace(defaults, "");
    replace(space, ">");
    return text;
}

}  // namespace

ObjectType::ObjectType(const std::type_info& type, std::size_t size) noexcept : hash(hash_of(type.name()) + size), mangled_(type.name()) {
    auto* const known = new (std::nothrow) Known{hash, mangled_, first.load()};
    while (known != nullptr && !first.compare_exchange_weak(known->next, known)) {}
}

std::string ObjectType::name() const { return readable(mangled_); }

Exception ObjectType::mismatch(const char* function, std::uint64_t came, Place where) const {
    std::string other = "type that this program does not know";
    for (const Known* type = first.load(); type != nullptr; type = type->next)
        if (type->hash == came)
            other = readable(type->mangled);
    return Exception(MPI_ERR_TYPE, function, "the object is a " + other + ", not a " + readable(mangled_), where);
}

}  // namespace MPI4CXX::detail
