#pragma once

#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/handle.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX {

/// A range of pairs of strings: `std::map<std::string, std::string>`, `std::vector<std::pair<…>>`.
template <class R>
concept InfoItems = requires(const R& items) {
    { (*std::begin(items)).first } -> std::convertible_to<std::string>;
    { (*std::begin(items)).second } -> std::convertible_to<std::string>;
    std::end(items);
};

/// Hints for MPI: a map from strings to strings (MPI-4.0, 10). Freeing is local. INFO_NULL reads as an empty map.
/// Keys may have MAX_INFO_KEY - 1 characters, values MAX_INFO_VAL - 1. Some MPI libraries accept one more.
class MPI4CXX_API Info : public Handle<Info>, public Fortran<Info> {
public:
    /// A key and its value.
    using Item = std::pair<std::string, std::string>;

    /// One value in the map, to be read or set: `info["access_style"] = "random"`.
    class Value {
    public:
        /// Set the value.
        Value& operator=(const std::string& value) {
            info_.Set(key_, value, at_);
            return *this;
        }
        /// Read the value. Throws an Exception of class ERR_INFO_NOKEY if there is none.
        operator std::string() const { return info_.value(key_, at_); }
        friend bool operator==(const Value& a, const std::string& b) { return std::string(a) == b; }

    private:
        friend class Info;
        Value(Info& info, std::string key, At at) : info_(info), key_(std::move(key)), at_(at) {}
        Info& info_;
        std::string key_;
        At at_;
    };

    /// Iterates over the pairs in the order of the MPI library. A change of the map invalidates the iterator.
    class Iterator {
    public:
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        Item operator*() const { return info_->nth_item(n_); }
        Iterator& operator++() {
            ++n_;
            return *this;
        }
        Iterator operator++(int) { return {info_, n_++}; }
        bool operator==(const Iterator&) const = default;

    private:
        friend class Info;
        Iterator(const Info* info, int n) noexcept : info_(info), n_(n) {}
        const Info* info_;
        int n_;
    };

    Info() noexcept = default;
    static Info take(MPI_Info raw) noexcept { return Info(raw, detail::Ownership::own); }
    static Info borrow(MPI_Info raw) noexcept { return Info(raw, detail::Ownership::borrow); }
    /// Return an empty map. Calls MPI_Info_create (MPI-4.0, 10). Local.
    [[nodiscard]] static Info Create(At at = {});
    /// Return a map of `items`. Calls MPI_Info_create and MPI_Info_set (MPI-4.0, 10). Local.
    [[nodiscard]] static Info Create(std::initializer_list<Item> items, At at = {});
    template <InfoItems R> [[nodiscard]] static Info Create(const R& items, At at = {}) {
        Info info = Create(at);
        info.update(items, at);
        return info;
    }
    /// Return what INFO_ENV has, as the arguments of `main` say. Calls MPI_Info_create_env (MPI-4.0, 10). Local.
    [[nodiscard]] static Info Create_env(const std::vector<std::string>& args = {}, At at = {}) { return create_env(args, at); }
    /// Return a copy. Calls MPI_Info_dup (MPI-4.0, 10). Local.
    [[nodiscard]] Info Dup(At at = {}) const;
    /// Free the map. Calls MPI_Info_free (MPI-4.0, 10). Local.
    void Free(At at = {}) { free(at); }

    /// Return the value of `key`, or nothing if there is none. Calls MPI_Info_get_string (MPI-4.0, 10).
    [[nodiscard]] std::optional<std::string> Get(const std::string& key, At at = {}) const;
    /// Set the value of `key`. Calls MPI_Info_set (MPI-4.0, 10).
    void Set(const std::string& key, const std::string& value, At at = {});
    /// Delete `key`. Throws an Exception of class ERR_INFO_NOKEY if there is none. Calls MPI_Info_delete (MPI-4.0, 10).
    void Delete(const std::string& key, At at = {});
    /// Return the number of keys. Calls MPI_Info_get_nkeys (MPI-4.0, 10).
    [[nodiscard]] int Get_nkeys(At at = {}) const;
    /// Return key number `n`. Calls MPI_Info_get_nthkey (MPI-4.0, 10).
    [[nodiscard]] std::string Get_nthkey(int n, At at = {}) const;

    // As a map -------------------------------------------------------------------------------------------------------

    /// Return the number of keys.
    [[nodiscard]] std::size_t size(At at = {}) const { return is_null() ? 0 : static_cast<std::size_t>(Get_nkeys(at)); }
    [[nodiscard]] bool empty(At at = {}) const { return size(at) == 0; }
    [[nodiscard]] bool contains(const std::string& key, At at = {}) const { return get(key, at).has_value(); }
    /// Return the value of `key`. If there is none, return nothing, or `otherwise`.
    [[nodiscard]] std::optional<std::string> get(const std::string& key, At at = {}) const;
    [[nodiscard]] std::string get(const std::string& key, const std::string& otherwise, At at = {}) const { return get(key, at).value_or(otherwise); }
    /// Return the value of `key`. Throws an Exception of class ERR_INFO_NOKEY if there is none.
    [[nodiscard]] std::string value(const std::string& key, At at = {}) const;
    [[nodiscard]] std::string operator[](const std::string& key) const { return value(key); }
    [[nodiscard]] Value operator[](const std::string& key) { return {*this, key, At()}; }

    [[nodiscard]] std::vector<std::string> keys(At at = {}) const {
        std::vector<std::string> result(size(at));
        for (std::size_t i = 0; i < result.size(); ++i) result[i] = Get_nthkey(static_cast<int>(i), at);
        return result;
    }
    [[nodiscard]] std::vector<std::string> values(At at = {}) const {
        std::vector<std::string> result(size(at));
        for (std::size_t i = 0; i < result.size(); ++i) result[i] = nth_item(static_cast<int>(i), at).second;
        return result;
    }
    [[nodiscard]] std::vector<Item> items(At at = {}) const {
        std::vector<Item> result(size(at));
        for (std::size_t i = 0; i < result.size(); ++i) result[i] = nth_item(static_cast<int>(i), at);
        return result;
    }
    [[nodiscard]] Iterator begin() const noexcept { return {this, 0}; }
    [[nodiscard]] Iterator end() const { return {this, static_cast<int>(size())}; }

    /// Set the values of all these keys.
    void update(std::initializer_list<Item> items, At at = {});
    template <InfoItems R> void update(const R& items, At at = {}) {
        for (const auto& [key, value] : items) Set(key, value, at);
    }
    /// Remove `key` and return its value. If there is none, throw an Exception of class ERR_INFO_NOKEY, or return `otherwise`.
    std::string pop(const std::string& key, At at = {});
    std::string pop(const std::string& key, const std::string& otherwise, At at = {});
    /// Remove the last pair and return it. Throws an Exception of class ERR_INFO_NOKEY if the map is empty.
    Item popitem(At at = {});
    /// Return a copy. A copy of INFO_NULL is null.
    [[nodiscard]] Info copy(At at = {}) const { return is_null() ? Info() : Dup(at); }
    /// Delete all keys.
    void clear(At at = {});

private:
    using Handle::Handle;
    static Info create_env(std::span<const std::string> args, At at);
    [[nodiscard]] Item nth_item(int n, At at = {}) const;
};

/// The hints of a handle class (MPI-4.0, 7.4.4): Comm, Win, File.
template <class Class> class MPI4CXX_API Hinted {
public:
    /// Give hints to MPI. Calls MPI_Comm_set_info (MPI-4.0, 7.4.4). Collective.
    void Set_info(const Info& info, At at = {}) const;
    /// Return the hints that are in use. Calls MPI_Comm_get_info (MPI-4.0, 7.4.4).
    [[nodiscard]] Info Get_info(At at = {}) const;

    [[nodiscard]] Info info(At at = {}) const { return Get_info(at); }
};

extern MPI4CXX_API const Info INFO_NULL;
/// What the launcher was told: "command", "maxprocs", "wdir", … (MPI-4.0, 11.2.1).
extern MPI4CXX_API const Info INFO_ENV;

}  // namespace MPI4CXX
