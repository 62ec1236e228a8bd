#include <mpi4cxx/info.hpp>

#include <mpi4cxx/error.hpp>

#include "mpi/argument_vector.hpp"
#include "runtime/text.hpp"

#include <array>

namespace MPI4CXX {

using detail::call;
using detail::whole;

namespace {

const char* key_of(const std::string& key, detail::Caller caller) { return whole(key, "the key", caller); }

}  // namespace

const Info INFO_NULL;
const Info INFO_ENV = Info::borrow(MPI_INFO_ENV);

Info Info::Create(At at) { return take(detail::get<MPI_Info_create>(at)); }

Info Info::Create(std::initializer_list<Item> items, At at) {
    Info info = Create(at);
    info.update(items, at);
    return info;
}

Info Info::create_env(std::span<const std::string> args, At at) {
    std::vector<char*> argv = detail::argument_vector(args);
    return take(detail::get<MPI_Info_create_env>(static_cast<int>(args.size()), argv.data(), at));
}

Info Info::Dup(At at) const { return take(detail::get<MPI_Info_dup>(handle(), at)); }

std::optional<std::string> Info::Get(const std::string& key, At at) const {
    std::string value(255, '\0');
    int size = 256, flag = 0;  // including the terminator
    call<MPI_Info_get_string>(handle(), key_of(key, at), &size, value.data(), &flag, at);
    if (flag != 0 && static_cast<std::size_t>(size) > value.size() + 1) {
        value.resize(static_cast<std::size_t>(size) - 1);
        call<MPI_Info_get_string>(handle(), key_of(key, at), &size, value.data(), &flag, at);
    }
    if (flag == 0)
        return {};
    value.resize(static_cast<std::size_t>(size) - 1);
    return value;
}

void Info::Set(const std::string& key, const std::string& value, At at) {
    call<MPI_Info_set>(handle(), key_of(key, at), whole(value, "the value", at), at);
}

void Info::Delete(const std::string& key, At at) { call<MPI_Info_delete>(handle(), key_of(key, at), at); }
int Info::Get_nkeys(At at) const { return detail::get<MPI_Info_get_nkeys>(handle(), at); }

std::string Info::Get_nthkey(int n, At at) const {
    std::array<char, MPI_MAX_INFO_KEY + 1> key{};
    call<MPI_Info_get_nthkey>(handle(), n, key.data(), at);
    return key.data();
}

std::optional<std::string> Info::get(const std::string& key, At at) const { return is_null() ? std::nullopt : Get(key, at); }

std::string Info::value(const std::string& key, At at) const {
    if (auto found = get(key, at))
        return *std::move(found);
    throw Exception(MPI_ERR_INFO_NOKEY, "MPI_Info_get_string", "there is no key \"" + key + "\"", at);
}

Info::Item Info::nth_item(int n, At at) const {
    std::string key = Get_nthkey(n, at), its_value = value(key, at);
    return {std::move(key), std::move(its_value)};
}

void Info::update(std::initializer_list<Item> items, At at) {
    for (const auto& [key, value] : items) Set(key, value, at);
}

std::string Info::pop(const std::string& key, At at) {
    std::string result = value(key, at);
    Delete(key, at);
    return result;
}

std::string Info::pop(const std::string& key, const std::string& otherwise, At at) { return contains(key, at) ? pop(key, at) : otherwise; }

Info::Item Info::popitem(At at) {
    if (empty(at))
        throw Exception(MPI_ERR_INFO_NOKEY, "MPI_Info_get_nthkey", "the map is empty", at);
    Item result = nth_item(static_cast<int>(size(at)) - 1, at);
    Delete(result.first, at);
    return result;
}

void Info::clear(At at) {
    for (const std::string& key : keys(at)) Delete(key, at);
}

}  // namespace MPI4CXX
