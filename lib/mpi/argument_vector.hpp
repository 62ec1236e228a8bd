// Strings as C functions take them.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

/// Returns the addresses of `strings` and, after them, a null pointer. The caller keeps the strings; the function that is called only reads them.
inline std::vector<char*> argument_vector(std::span<const std::string> strings) {
    std::vector<char*> addresses;
    addresses.reserve(strings.size() + 1);
    for (const std::string& string : strings) addresses.push_back(const_cast<char*>(string.c_str()));
    addresses.push_back(nullptr);
    return addresses;
}

}  // namespace MPI4CXX::detail
