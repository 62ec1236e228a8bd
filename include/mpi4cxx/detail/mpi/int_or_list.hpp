// Parameters that take several ints or flags (a range or a list in braces) or one that stands for all. They live as long as the call.
#pragma once

#include <mpi4cxx/detail/mpi/array.hpp>
#include <mpi4cxx/detail/mpi/int_list.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <vector>

namespace MPI4CXX::detail {

/// Several ints, or one that stands for several.
class IntOrList : public IntList {
public:
    using IntList::IntList;
    constexpr IntOrList(std::initializer_list<int> list) noexcept : IntList(list) {}
    constexpr IntOrList(int one) noexcept : one_(one) {}
    [[nodiscard]] constexpr std::optional<int> one() const noexcept { return one_; }

private:
    std::optional<int> one_;
};

template <class T>
concept OneFlag = std::same_as<T, bool> || std::same_as<T, std::vector<bool>::reference>;
template <class T>
concept FlagOrInt = OneFlag<T> || std::same_as<T, int>;
template <class R>
concept FlagRange = requires(const R& range) {
    requires FlagOrInt<std::iter_value_t<decltype(std::begin(range))>>;
    std::end(range);
};

/// Several flags, as the ints that MPI takes, or one flag for all.
class FlagList {
public:
    FlagList() noexcept = default;
    FlagList(std::initializer_list<bool> list) : ints_(list.size()) { std::copy(list.begin(), list.end(), ints_.begin()); }
    /// Of bool, in a `std::vector<bool>` too, or of the ints that MPI gives back.
    template <FlagRange R> FlagList(const R& range) : ints_(static_cast<std::size_t>(std::distance(std::begin(range), std::end(range)))) {
        std::transform(std::begin(range), std::end(range), ints_.begin(), [](const auto& flag) { return flag ? 1 : 0; });
    }
    /// Takes a bool or an element of a `std::vector<bool>`. Anything else that converts to bool would be a mistake.
    template <OneFlag Bool> FlagList(Bool all) : all_(all) {}

    /// Returns `number` flags; nothing if another number of flags was given.
    [[nodiscard]] std::optional<std::vector<int>> of(std::size_t number) const {
        if (all_)
            return std::vector<int>(number, *all_ ? 1 : 0);
        return ints_.size() == number ? std::optional(std::vector<int>(ints_.begin(), ints_.end())) : std::nullopt;
    }
    /// Returns the number of flags in the list, which is 0 if one flag stands for all.
    [[nodiscard]] std::size_t size() const noexcept { return ints_.size(); }
    [[nodiscard]] bool empty() const noexcept { return !all_ && ints_.empty(); }

private:
    Array<int> ints_;
    std::optional<bool> all_;
};

}  // namespace MPI4CXX::detail
