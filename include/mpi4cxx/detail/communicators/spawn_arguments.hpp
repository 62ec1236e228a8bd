// What Spawn and Spawn_multiple take: lists that live as long as the call.
#pragma once

#include <mpi4cxx/detail/mpi/any_vector.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>
#include <mpi4cxx/info.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

/// A range of strings, or strings in braces.
struct StringList : std::span<const std::string> {
    using std::span<const std::string>::span;
    constexpr StringList(std::span<const std::string> range) noexcept : span(range) {}  // clang does not inherit this one
    constexpr StringList(std::initializer_list<std::string> list) noexcept : span(list.begin(), list.size()) {}
};

/// A vector of vectors of strings, or lists of strings in braces.
class StringLists {
public:
    StringLists() noexcept = default;
    StringLists(const std::vector<std::vector<std::string>>& lists) : lists_(lists.size()) { std::copy(lists.begin(), lists.end(), lists_.begin()); }
    StringLists(std::initializer_list<StringList> lists) : lists_(lists.size()) { std::copy(lists.begin(), lists.end(), lists_.begin()); }
    [[nodiscard]] std::size_t size() const noexcept { return lists_.size(); }
    [[nodiscard]] const StringList& operator[](std::size_t i) const noexcept { return lists_[i]; }

private:
    Array<StringList> lists_;
};

/// One Info for all programs, or a range with one for each.
class InfoList {
public:
    InfoList(const Info& all = INFO_NULL) noexcept : infos_(&all, 1), is_one_for_all_(true) {}
    InfoList(std::span<const Info> each) noexcept : infos_(each) {}
    InfoList(const std::vector<Info>& each) noexcept : infos_(each) {}
    [[nodiscard]] bool fits(std::size_t programs) const noexcept { return is_one_for_all_ || infos_.size() == programs; }
    [[nodiscard]] std::size_t size() const noexcept { return infos_.size(); }
    [[nodiscard]] const Info& operator[](std::size_t i) const noexcept { return infos_[is_one_for_all_ ? 0 : i]; }

private:
    std::span<const Info> infos_;
    bool is_one_for_all_ = false;
};

/// A vector that receives error codes, or null.
struct ErrorCodes {
    ErrorCodes(std::nullptr_t = nullptr) noexcept {}
    ErrorCodes(std::vector<int>* codes) {
        if (codes != nullptr)
            vector.emplace(*codes);
    }
    std::optional<AnyVector> vector;
};

}  // namespace MPI4CXX::detail
