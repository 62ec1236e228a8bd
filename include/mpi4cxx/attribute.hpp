// Attributes of communicators, datatypes and windows: their keys, and the attributes that MPI itself sets.
#pragma once

#include <mpi4cxx/handle.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

namespace detail {

/// How the values of one keyval are copied and deleted.
template <class Owner, class T> class AttributeRules {
public:
    AttributeRules() = default;
    virtual ~AttributeRules() = default;
    AttributeRules(const AttributeRules&) = delete;
    AttributeRules& operator=(const AttributeRules&) = delete;
    virtual std::optional<T> copy(const Owner& owner, const T& value) = 0;
    virtual void remove(const Owner& owner, T& value) = 0;
};

template <class Owner, class T, class Copy, class Delete> class AttributeRulesOf final : public AttributeRules<Owner, T> {
public:
    AttributeRulesOf(Copy copy, Delete remove) : copy_(std::move(copy)), delete_(std::move(remove)) {}
    std::optional<T> copy(const Owner& owner, const T& value) override { return copy_(owner, value); }
    void remove(const Owner& owner, T& value) override { delete_(owner, value); }

private:
    Copy copy_;
    Delete delete_;
};

/// An attribute, which MPI stores by its address: a value and the rules of its keyval. The keyval may be freed before the attribute.
template <class Owner> class Attribute {
public:
    Attribute() = default;
    virtual ~Attribute() = default;
    Attribute(const Attribute&) = delete;
    Attribute& operator=(const Attribute&) = delete;
    [[nodiscard]] virtual std::unique_ptr<Attribute> copy(const Owner& owner) const = 0;
    virtual void remove(const Owner& owner) = 0;
};

template <class Owner, class T> class AttributeOf final : public Attribute<Owner> {
public:
    using Rules = std::shared_ptr<AttributeRules<Owner, T>>;
    AttributeOf(Rules rules, T initial) : value(std::move(initial)), rules_(std::move(rules)) {}
    [[nodiscard]] std::unique_ptr<Attribute<Owner>> copy(const Owner& owner) const override {
        std::optional<T> copied = rules_->copy(owner, value);
        return copied ? std::make_unique<AttributeOf>(rules_, std::move(*copied)) : nullptr;
    }
    void remove(const Owner& owner) override { rules_->remove(owner, value); }

    T value;

private:
    Rules rules_;
};

struct NullCopy {
    template <class Owner, class T> std::optional<T> operator()(const Owner&, const T&) const { return {}; }
};
struct Duplicate {
    template <class Owner, std::copy_constructible T> std::optional<T> operator()(const Owner&, const T& value) const { return value; }
};
struct NullDelete {
    template <class Owner, class T> void operator()(const Owner&, T&) const {}
};

template <class Owner> class AnyKeyval;
template <class Owner> struct handle_traits<AnyKeyval<Owner>> {
    using raw_type = int;
    static constexpr int null() noexcept { return MPI_KEYVAL_INVALID; }
    static constexpr auto free = handle_traits<Owner>::free_keyval;
    static constexpr bool collective = false;
};

/// The key of an attribute that MPI itself sets, and the type of the attribute.
template <class Owner, class T> struct PredefinedAttribute { int keyval; };

}  // namespace detail

/// A function `f(owner, value)` that returns the value of an attribute for a duplicate of `owner`, or nothing.
template <class F, class Owner, class T>
concept AttributeCopy = requires(F& f, const Owner& owner, const T& value) {
    { f(owner, value) } -> std::convertible_to<std::optional<T>>;
};

/// A function `f(owner, value)` that is called before an attribute is destroyed.
template <class F, class Owner, class T>
concept AttributeDelete = std::invocable<F&, const Owner&, T&>;

// Copy functions for Create_keyval (MPI-4.0, 7.7.2): a duplicate of the owner gets no attribute, or gets a copy.
inline constexpr detail::NullCopy NULL_COPY_FN{};
inline constexpr detail::Duplicate DUP_FN{};
// Delete function for Create_keyval: only the destructor of the value runs.
inline constexpr detail::NullDelete NULL_DELETE_FN{};

/// The key of an attribute of type `T`, made by `Owner::Create_keyval` (MPI-4.0, 7.7). Freeing is local. Attributes that are set stay.
template <class Owner, class T> class Keyval final : public Handle<detail::AnyKeyval<Owner>> {
public:
    Keyval() noexcept = default;
    /// Free the key. Calls MPI_Comm_free_keyval, MPI_Type_free_keyval (MPI-4.0, 7.7.2). Local.
    void Free(At at = {}) { this->free(at); }

private:
    friend class Attributes<Owner>;
    using Rules = typename detail::AttributeOf<Owner, T>::Rules;
    Keyval(int raw, Rules rules) : Handle<detail::AnyKeyval<Owner>>(raw, detail::Ownership::own), rules_(std::move(rules)) {}

    Rules rules_;
};

/// The attributes of a handle class (MPI-4.0, 7.7): Comm, Datatype, Win.
/// An attribute is a value of any type. Set_attr moves the value in. The value is destroyed by Delete_attr or with its owner. An exception in a copy
/// or delete function becomes the error of the MPI call that called the function: an Exception keeps its code, any other exception is ERR_OTHER.
template <class Class> class MPI4CXX_API Attributes {
public:
    /// Make a key. `copy(owner, value)` returns the value for a duplicate of `owner`, or nothing. `remove(owner, value)` is called before a value is
    /// destroyed. Both may capture. Calls MPI_Comm_create_keyval, MPI_Type_create_keyval (MPI-4.0, 7.7.2). Local.
    template <class T, AttributeCopy<Class, T> Copy = detail::NullCopy, AttributeDelete<Class, T> Delete = detail::NullDelete>
    [[nodiscard]] static Keyval<Class, T> Create_keyval(Copy copy = {}, Delete remove = {}, At at = {}) {
        auto rules = std::make_shared<detail::AttributeRulesOf<Class, T, Copy, Delete>>(std::move(copy), std::move(remove));
        return {create_keyval(at), std::move(rules)};
    }
    /// Free a key. Calls MPI_Comm_free_keyval, MPI_Type_free_keyval (MPI-4.0, 7.7.2). Local.
    template <class T> static void Free_keyval(Keyval<Class, T>& keyval, At at = {}) { keyval.Free(at); }

    /// Return the attribute, or null if it is not set. Calls MPI_Comm_get_attr, MPI_Type_get_attr (MPI-4.0, 7.7.2).
    template <class T> [[nodiscard]] T* Get_attr(const Keyval<Class, T>& keyval, At at = {}) const {
        const std::optional<void*> found = Get_attr(keyval.handle(), at);
        return found ? &static_cast<detail::AttributeOf<Class, T>*>(static_cast<detail::Attribute<Class>*>(*found))->value : nullptr;
    }
    /// Return an attribute that MPI sets (TAG_UB, UNIVERSE_SIZE, …), or nothing if it is not set. Calls MPI_Comm_get_attr (MPI-4.0, 7.7.2).
    template <class T> [[nodiscard]] std::optional<T> Get_attr(detail::PredefinedAttribute<Class, T> attribute, At at = {}) const {
        const std::optional<void*> found = Get_attr(attribute.keyval, at);
        if constexpr (std::is_pointer_v<T>)
            return found;
        else
            return found ? std::optional<T>(*static_cast<const T*>(*found)) : std::nullopt;
    }
    /// Return the attribute of a raw key, which Create_keyval did not make, or nothing if it is not set. Calls MPI_Comm_get_attr, MPI_Type_get_attr
    /// (MPI-4.0, 7.7.2).
    [[nodiscard]] std::optional<void*> Get_attr(int keyval, At at = {}) const;

    /// Set the attribute; an earlier one is deleted. Calls MPI_Comm_set_attr, MPI_Type_set_attr (MPI-4.0, 7.7.2).
    template <class T> void Set_attr(const Keyval<Class, T>& keyval, std::type_identity_t<T> value, At at = {}) const {
        set_attr(keyval.handle(), std::make_unique<detail::AttributeOf<Class, T>>(keyval.rules_, std::move(value)), at);
    }
    /// Set the attribute of a raw key, which Create_keyval did not make. Calls MPI_Comm_set_attr, MPI_Type_set_attr (MPI-4.0, 7.7.2).
    void Set_attr(int keyval, void* value, At at = {}) const;

    /// Delete the attribute. Calls MPI_Comm_delete_attr, MPI_Type_delete_attr (MPI-4.0, 7.7.2).
    template <class T> void Delete_attr(const Keyval<Class, T>& keyval, At at = {}) const { Delete_attr(keyval.handle(), at); }
    /// Delete the attribute of a raw key, which Create_keyval did not make. Calls MPI_Comm_delete_attr, MPI_Type_delete_attr (MPI-4.0, 7.7.2).
    void Delete_attr(int keyval, At at = {}) const;

private:
    static int create_keyval(At at);
    void set_attr(int keyval, std::unique_ptr<detail::Attribute<Class>> attribute, At at) const;
};

// Attributes that MPI sets on communicators (MPI-4.0, 9.1.2, 11.10.1, 11.10.3, 9.5).
inline constexpr detail::PredefinedAttribute<Comm, int> TAG_UB{MPI_TAG_UB};
inline constexpr detail::PredefinedAttribute<Comm, int> IO{MPI_IO};
inline constexpr detail::PredefinedAttribute<Comm, int> WTIME_IS_GLOBAL{MPI_WTIME_IS_GLOBAL};
inline constexpr detail::PredefinedAttribute<Comm, int> UNIVERSE_SIZE{MPI_UNIVERSE_SIZE};
inline constexpr detail::PredefinedAttribute<Comm, int> APPNUM{MPI_APPNUM};
inline constexpr detail::PredefinedAttribute<Comm, int> LASTUSEDCODE{MPI_LASTUSEDCODE};

// Attributes that MPI sets on windows (MPI-4.0, 12.2.6).
inline constexpr detail::PredefinedAttribute<Win, void*> WIN_BASE{MPI_WIN_BASE};
inline constexpr detail::PredefinedAttribute<Win, MPI_Aint> WIN_SIZE{MPI_WIN_SIZE};
inline constexpr detail::PredefinedAttribute<Win, int> WIN_DISP_UNIT{MPI_WIN_DISP_UNIT};
inline constexpr detail::PredefinedAttribute<Win, int> WIN_CREATE_FLAVOR{MPI_WIN_CREATE_FLAVOR};
inline constexpr detail::PredefinedAttribute<Win, int> WIN_FLAVOR = WIN_CREATE_FLAVOR;
inline constexpr detail::PredefinedAttribute<Win, int> WIN_MODEL{MPI_WIN_MODEL};

}  // namespace MPI4CXX
