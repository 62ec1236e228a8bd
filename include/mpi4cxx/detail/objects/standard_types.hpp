// Saves and loads types of the standard library that hold other objects and are not containers.
#pragma once

#include <mpi4cxx/detail/objects/block_ownership.hpp>
#include <mpi4cxx/detail/objects/construction.hpp>
#include <mpi4cxx/detail/objects/encoding.hpp>
#include <mpi4cxx/input_archive.hpp>
#include <mpi4cxx/output_archive.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

// Variants -----------------------------------------------------------------------------------------------------------------

template <class V, std::size_t... I> void save_alternative(OutputArchive& archive, const V& variant, std::index_sequence<I...>) {
    using std::get;  // or the function for another variant, which argument-dependent lookup finds
    (void)((variant.index() == I && (save_any(archive, get<I>(variant)), true)) || ...);
}

template <class V, std::size_t... I, class... T>
void load_alternative(InputArchive& archive, V& variant, std::size_t index, std::index_sequence<I...>, TypeList<T...>) {
    using std::get;
    const auto load = [&]<std::size_t J, class A>() {
        if (variant.index() == J)
            load_any(archive, get<J>(variant));
        else
            variant.template emplace<J>(make_any<A>(archive));
        return true;
    };
    (void)((index == I && load.template operator()<I, T>()) || ...);
}

template <Variant V> void save_variant(OutputArchive& archive, const V& variant) {
    if (variant.valueless_by_exception()) [[unlikely]]
        Packing::refuse("a std::variant without a value cannot be sent");
    archive.packing().put(static_cast<std::uint32_t>(variant.index()));
    save_alternative(archive, variant, indices_in(typename alternatives<V>::types()));
}
template <Variant V> void load_variant(InputArchive& archive, V& variant) {
    using Alternatives = typename alternatives<V>::types;
    const std::size_t index = get_index(archive, Alternatives());
    load_alternative(archive, variant, index, indices_in(Alternatives()), Alternatives());
}

// Adaptors -----------------------------------------------------------------------------------------------------------------

/// A std::priority_queue.
template <class T>
concept PriorityQueue = Adaptor<T> && requires {
    typename T::value_compare;
};

/// Gives access to the protected members of an adaptor.
template <class T> struct ProtectedMembersOf : T {
    template <class U> static auto& container(U& adaptor) { return adaptor.*&ProtectedMembersOf::c; }
    template <class U> static auto& comparison(U& heap) { return heap.*&ProtectedMembersOf::comp; }
};
template <class T>
concept PriorityQueueWithState = PriorityQueue<T> && !std::is_empty_v<typename T::value_compare>;

template <class T> void save_adaptor(OutputArchive& archive, const T& adaptor) {
    save_any(archive, ProtectedMembersOf<T>::container(adaptor));
    if constexpr (PriorityQueueWithState<T>)
        save_any(archive, ProtectedMembersOf<T>::comparison(adaptor));
}

template <class T> void load_adaptor(InputArchive& archive, T& adaptor) {
    auto& container = ProtectedMembersOf<T>::container(adaptor);
    load_any(archive, container);
    if constexpr (PriorityQueueWithState<T>)
        load_any(archive, ProtectedMembersOf<T>::comparison(adaptor));
    if constexpr (PriorityQueue<T>)
        if (!std::is_heap(container.begin(), container.end(), ProtectedMembersOf<T>::comparison(adaptor)))
            Unpacking::corrupt("the elements of a priority queue are no heap");
}

// Pointers -----------------------------------------------------------------------------------------------------------------

/// Whether <mpi4cxx/polymorphic.hpp> is included.
template <class T>
concept PolymorphicHeaderIncluded = requires(OutputArchive& archive, const T& pointer) {
    sends_hierarchies(archive, pointer);
};
template <class T> struct needs_polymorphic_header {
    static_assert(PolymorphicHeaderIncluded<T>,
                  "mpi4cxx: a pointer to a class with virtual functions is sent with what it points to, for which the program includes "
                  "<mpi4cxx/polymorphic.hpp>, before it names the derived classes by CEREAL_REGISTER_TYPE");
};

template <class T> void save_polymorphic(OutputArchive& archive, const T& pointer) {
    (void)sizeof(needs_polymorphic_header<T>);
    if constexpr (PolymorphicHeaderIncluded<T>)
        try {
            archive.save_by_cereal(pointer);
        } catch (const cereal::Exception& error) {
            Packing::refuse_hierarchy(error.what());
        }
}

template <class T> void save_pointer(OutputArchive& archive, const T& pointer) {
    if constexpr (is_weak<T>) {
        const StableMemory stable = stable_memory_of(archive.packing(), pointer);
        save_pointer(archive, pointer.lock());
    } else if constexpr (PolymorphicPointer<T>) {
        const StableMemory stable = stable_memory_of(archive.packing(), pointer);
        save_polymorphic(archive, pointer);
    } else if constexpr (is_unique<T>) {
        archive.packing().put(pointer != nullptr);
        if (pointer != nullptr)
            save_any(archive, *pointer);
    } else {
        const std::uint32_t id = archive.registerSharedPointer(pointer);
        archive.packing().put(id);
        const StableMemory stable = stable_memory_of(archive.packing(), pointer);
        if ((id & cereal::detail::msb_32bit) != 0)
            save_any(archive, *pointer);
    }
}

template <class T> std::shared_ptr<T> load_shared(InputArchive& archive) {
    const auto id = archive.unpacking().get<std::uint32_t>();
    if ((id & cereal::detail::msb_32bit) == 0) {
        archive.want(typeid(T));
        return std::static_pointer_cast<T>(archive.getSharedPointer(id));
    }
    std::shared_ptr<T> made;
    if constexpr (HasLoadAndConstruct<T>) {
        const auto place = std::make_shared<Storage<T>>();
        archive.registerSharedPointer(id, std::shared_ptr<T>(place, place->get()));
        place->construct(archive,
                         [&] { made = std::shared_ptr<T>(place->get(), [place](T*) {}); });  // making a shared_ptr sets enable_shared_from_this
    } else if constexpr (DefaultConstructibleByCereal<T>) {
        made.reset(cereal::access::construct<T>());
        archive.registerSharedPointer(id, made);
        load_any(archive, *made);
    } else {
        made = make_on_heap<T>(archive);
        archive.registerSharedPointer(id, made);
    }
    return made;
}

template <class T> void load_pointer(InputArchive& archive, T& pointer) {
    using Object = std::remove_const_t<typename T::element_type>;
    if constexpr (PolymorphicPointer<T>) {
        (void)sizeof(needs_polymorphic_header<T>);
        if constexpr (PolymorphicHeaderIncluded<T>)
            archive.load_by_cereal(pointer);
    } else if constexpr (!is_unique<T>) {
        pointer = load_shared<Object>(archive);
    } else if (archive.unpacking().get_bool()) {
        pointer.reset(make_on_heap<Object>(archive).release());
    } else {
        pointer.reset();
    }
}

// Others -----------------------------------------------------------------------------------------------------------------

template <Optional T> void save_optional(OutputArchive& archive, const T& optional) {
    archive.packing().put(optional.has_value());
    if (optional.has_value())
        save_any(archive, *optional);
}
template <Optional T> void load_optional(InputArchive& archive, T& optional) {
    if (!archive.unpacking().get_bool())
        optional.reset();
    else if (optional.has_value())
        load_any(archive, *optional);
    else
        optional.emplace(element_for<T, typename T::value_type>(archive));
}

template <Atomic T> void save_atomic(OutputArchive& archive, const T& atomic) {
    const StableMemory stable = stable_memory_of(archive.packing(), atomic);
    save_any(archive, atomic.load());
}

}  // namespace MPI4CXX::detail
