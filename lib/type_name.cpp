#include <mpi4cxx/detail/type_name.hpp>

#include <mpi4cxx/error.hpp>

#include <atomic>
#include <string>

namespace mpi4cxx::detail {

namespace {

constinit std::atomic<const ObjectType*> first{nullptr};  // libraries that are loaded later add theirs

/// As people write it.
std::string readable(std::string_view type) {
    std::string text(type);
    const std::string_view spelled = "std::__cxx11::basic_string<char>";
    for (std::size_t at = 0; (at = text.find(spelled, at)) != std::string::npos;) text.replace(at, spelled.size(), "std::string");
    return text;
}

}  // namespace

ObjectType::ObjectType(std::uint64_t hash_of_name, std::string_view type) noexcept : hash(hash_of_name), name(type), next_(first.load()) {
    while (!first.compare_exchange_weak(next_, this)) {}
}

Exception ObjectType::mismatch(const char* function, std::uint64_t came, Place where) const {
    std::string_view other = "type that this program does not know";
    for (const ObjectType* type = first.load(); type != nullptr; type = type->next_)
        if (type->hash == came)
            other = type->name;
    return Exception(MPI_ERR_TYPE, function, "the object is a " + readable(other) + ", not a " + readable(name), where);
}

}  // namespace mpi4cxx::detail
