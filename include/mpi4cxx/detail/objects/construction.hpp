// Reads new objects, also of types that have no public default constructor.
#pragma once

#include <mpi4cxx/detail/objects/serialization_errors.hpp>
#include <mpi4cxx/input_archive.hpp>

#include <cereal/access.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

/// A class whose objects are made by its `load_and_construct`.
template <class T>
concept HasLoadAndConstruct = cereal::traits::has_load_and_construct<T, InputArchive>::value;

struct ConstructionTag {};

}  // namespace MPI4CXX::detail

// cereal allows only this class to create a cereal::construct.
template <class T> struct cereal::memory_detail::LoadAndConstructLoadWrapper<mpi4cxx::detail::ConstructionTag, T> {
    LoadAndConstructLoadWrapper(T* place, std::function<void()> when_made) : construct(place, std::move(when_made)) {}
    cereal::construct<T> construct;
};

namespace MPI4CXX::detail {

/// A type with a default constructor that is public, or that cereal::access can call as a friend.
template <class T>
concept DefaultConstructibleByCereal = decltype(can_construct_by_access(AccessTag()))()(static_cast<T*>(nullptr));

/// Memory in which a load_and_construct makes an object.
template <class T> class Storage {
public:
    Storage() : object_(std::allocator<T>().allocate(1)) {}
    ~Storage() {
        if (made_)
            std::destroy_at(object_);
        if (object_ != nullptr)
            std::allocator<T>().deallocate(object_, 1);
    }
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;

    /// Reads the object. Calls `when_made` as soon as the object is constructed.
    template <class F> void construct(InputArchive& archive, F when_made) {
        archive.check_depth();
        cereal::memory_detail::LoadAndConstructLoadWrapper<ConstructionTag, T> wrapper(object_, [this, &when_made] {
            made_ = true;
            when_made();
        });
        cereal::detail::Construct<T, InputArchive>::load_andor_construct(archive, wrapper.construct);
        if (!made_)
            throw cereal::Exception("its load_and_construct has made none");
    }
    [[nodiscard]] T* get() const noexcept { return object_; }
    [[nodiscard]] std::unique_ptr<T> release() noexcept {
        made_ = false;
        return std::unique_ptr<T>(std::exchange(object_, nullptr));
    }

private:
    T* object_;
    bool made_ = false;
};

inline constexpr auto do_nothing = [] {};

template <class T> T make_any(InputArchive& archive);

/// Reads an object and returns it on the heap.
template <class T> std::unique_ptr<T> make_on_heap(InputArchive& archive) {
    if constexpr (HasLoadAndConstruct<T>) {
        Storage<T> place;
        place.construct(archive, do_nothing);
        return place.release();
    } else if constexpr (DefaultConstructibleByCereal<T>) {
        std::unique_ptr<T> made(cereal::access::construct<T>());
        load_any(archive, *made);
        return made;
    } else {
        return std::unique_ptr<T>(new T(make_any<T>(archive)));
    }
}

/// Returns a new array, pair or tuple, whose elements are read in order.
template <class T, std::size_t... I> T make_parts(InputArchive& archive, std::index_sequence<I...>) {
    return T{make_any<std::tuple_element_t<I, T>>(archive)...};  // braces evaluate from left to right
}

/// Returns a new variant that holds alternative `I`.
template <class V, std::size_t I, class T> V make_variant_of(InputArchive& archive) { return V(std::in_place_index<I>, make_any<T>(archive)); }
template <class V, class... T, std::size_t... I>
V make_alternative(InputArchive& archive, std::size_t index, TypeList<T...>, std::index_sequence<I...>) {
    static constexpr std::array makers{&make_variant_of<V, I, T>...};
    return makers[index](archive);
}

template <class... T> constexpr std::index_sequence_for<T...> indices_in(TypeList<T...>) { return {}; }
/// Reads the index of an alternative. Throws Exception if a variant has no such alternative.
template <class... T> std::size_t get_index(InputArchive& archive, TypeList<T...>) {
    const auto index = archive.unpacking().get<std::uint32_t>();
    if (index >= sizeof...(T)) [[unlikely]]
        Unpacking::corrupt("a variant has fewer alternatives");
    return index;
}

template <class T> T make_and_load(InputArchive& archive) {
    T object{};
    load_any(archive, object);
    return object;
}

/// Reads a new object that is not a contiguous container.
template <class T> T make_by_archive(InputArchive& archive) {
    if constexpr (!std::is_move_constructible_v<T>) {
        (void)sizeof(cannot_be_returned<T>);
        __builtin_unreachable();
    } else if constexpr (std::is_default_constructible_v<T>) {
        return make_and_load<T>(archive);
    } else if constexpr (HasLoadAndConstruct<T>) {
        Storage<T> place;
        place.construct(archive, do_nothing);
        return std::move(*place.get());
    } else if constexpr (is_sequence_of_values<T>) {
        return make_parts<T>(archive, std::make_index_sequence<std::tuple_size_v<T>>());
    } else if constexpr (EncodedAs<T, Encoding::variant>) {
        using Alternatives = typename alternatives<T>::types;
        const std::size_t index = get_index(archive, Alternatives());
        return make_alternative<T>(archive, index, Alternatives(), indices_in(Alternatives()));
    } else if constexpr (DefaultConstructibleByCereal<T>) {
        return std::move(*make_on_heap<T>(archive));
    } else {
        (void)sizeof(cannot_be_made<T>);
        __builtin_unreachable();
    }
}

/// Reads a new object.
template <class T> [[gnu::always_inline]] inline T make_any(InputArchive& archive) {
    if constexpr (EncodedAs<T, Encoding::contiguous>)
        return make_contiguous<T>(archive.unpacking());
    else
        return make_by_archive<T>(archive);
}

/// Reads an object when it is converted to one: passed to `emplace`, it makes the element in place.
template <class T> struct ElementMaker {
    [[gnu::always_inline]] operator T() const { return make_any<T>(archive); }
    InputArchive& archive;
};

template <class T> inline constexpr bool is_pair = false;
template <class T, class U> inline constexpr bool is_pair<std::pair<T, U>> = true;
/// An object of any other class.
struct Stranger {};
/// An element of a `C` that is made before it is passed to `emplace`. A constructor template that takes any object would take an ElementMaker as it
/// is, and a container that hands its allocator on takes pairs only.
template <class C, class E>
concept MadeBefore = std::is_constructible_v<E, Stranger> ||(is_pair<E>&& requires(const C& elements) {
    requires !std::is_same_v<decltype(elements.get_allocator()), std::allocator<typename C::value_type>>;
});

/// Returns what to pass to `emplace` for the next element of a `C`.
template <class C, class E> [[gnu::always_inline]] inline auto element_for(InputArchive& archive) {
    if constexpr (MadeBefore<C, E>)
        return make_any<E>(archive);
    else
        return ElementMaker<E>{archive};
}

}  // namespace MPI4CXX::detail
