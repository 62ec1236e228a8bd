// What a container tells of its memory. The customisation point of buffers, for a container that is no contiguous range:
//     template <> struct mpi4cxx::buffer_traits<Image> {
//         static auto* data(auto& image) { return image.pixels(); }                                      // the address of its first element
//         static auto shape(const Image& image) { return std::array{image.height(), image.width()}; }    // its extents, in elements
//         static auto strides(const Image& image) { return std::array{image.pitch(), 1}; }               // from one to the next, in elements
//     };
// Without `strides` the elements lie in one piece, row by row. A temporary of a class whose memory lasts as long as something else, as that of a
// std::span does, may go into a nonblocking call: `static constexpr bool is_view = true;`.
#pragma once

#include <mpi4cxx/detail/runtime/type_name.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

/// Where the elements of a `C` lie; empty for what is a range, one element, or no buffer.
template <class C> struct buffer_traits {};

namespace detail {

/// A container that buffer_traits describe.
template <class C>
concept ShapedArray = requires(C& container) {
    buffer_traits<std::remove_cv_t<C>>::data(container);
    buffer_traits<std::remove_cv_t<C>>::shape(container);
};

template <class C> consteval bool is_shaped_view() {
    if constexpr (requires { buffer_traits<std::remove_cv_t<C>>::is_view; })
        return buffer_traits<std::remove_cv_t<C>>::is_view;
    else
        return false;
}

// The arrays of other libraries, told by their interfaces, so that their headers need not be included.

/// An expression of Eigen; `row`, `block`, … of a matrix too.
template <class C>
concept EigenExpression = requires(const C& array) {
    typename C::Scalar;
    typename C::PlainObject;
    array.rows(), array.cols(), array.derived();
    array.eval();
    C::Flags;
};

/// An Eigen matrix, array, map, reference, block, row, column, diagonal or transpose: an expression whose coefficients lie in memory.
template <class C>
concept EigenArray = EigenExpression<C> &&(static_cast<unsigned>(C::Flags) & 0x40U) != 0 &&  // Eigen::DirectAccessBit
                     requires(const C& array) {
    array.data();
    array.innerStride(), array.outerStride();
};

/// std::mdspan and Kokkos' own, of a layout with strides, whose elements are what its pointer points to.
template <class C>
concept Mdspan = requires(const C& array) {
    typename C::mapping_type;
    requires std::is_same_v<typename C::data_handle_type, typename C::element_type*>;
    requires std::is_same_v<typename C::reference, typename C::element_type&>;
    requires C::is_always_strided();
    array.data_handle(), array.mapping();
    array.extent(0);
};

template <class C>
concept KokkosView = requires(const C& view) {
    typename C::memory_space;
    typename C::array_layout;
    view.span_is_contiguous();
    view.data(), view.extent(0);
    static_cast<std::size_t>(C::rank);
};

/// boost::multi_array, its references, sub-arrays and views.
template <class C>
concept BoostMultiArray = requires(const C& array) {
    C::dimensionality;
    array.origin(), array.shape(), array.strides(), array.index_bases(), array.num_elements();
};

/// xt::xarray, xt::xtensor and their views with strides.
template <class C>
concept XtensorArray = requires(const C& array) {
    typename C::expression_tag;
    array.data(), array.data_offset(), array.shape(), array.strides(), array.dimension();
};

/// An array of a container that has an extent and a stride for each dimension, both by number.
template <std::size_t N, class F> auto each_dimension(F f) {
    std::array<std::ptrdiff_t, N> all{};
    for (std::size_t i = 0; i < N; ++i) all[i] = static_cast<std::ptrdiff_t>(f(i));
    return all;
}

}  // namespace detail

template <detail::EigenArray C> struct buffer_traits<C> {
    static auto* data(auto& array) { return array.data(); }
    static auto shape(const C& array) { return C::IsRowMajor ? std::array{array.rows(), array.cols()} : std::array{array.cols(), array.rows()}; }
    static auto strides(const C& array) { return std::array{array.outerStride(), array.innerStride()}; }
    // An Eigen::Ref of const may own a copy, and a class that derives from a matrix owns what that does.
    static constexpr bool is_view = !std::is_base_of_v<typename C::PlainObject, C> && !detail::type_name<C>().starts_with("Eigen::Ref<const");
};

template <detail::Mdspan C> struct buffer_traits<C> {
    static auto* data(const C& array) {
        const auto first = [&]<std::size_t... I>(std::index_sequence<I...>) {
            return array.mapping()(static_cast<typename C::index_type>(0 * I)...);
        };
        return array.empty() ? array.data_handle() : array.data_handle() + first(std::make_index_sequence<C::rank()>());
    }
    static auto shape(const C& array) {
        return detail::each_dimension<C::rank()>([&](std::size_t i) { return array.extent(i); });
    }
    static auto strides(const C& array) {
        return detail::each_dimension<C::rank()>([&](std::size_t i) { return array.stride(i); });
    }
    static constexpr bool is_view = true;
};

template <detail::KokkosView C> struct buffer_traits<C> {
    static auto* data(const C& view) { return view.data(); }
    static auto shape(const C& view) {
        return detail::each_dimension<static_cast<std::size_t>(C::rank)>([&](std::size_t i) { return view.extent(i); });
    }
    static auto strides(const C& view) {
        return detail::each_dimension<static_cast<std::size_t>(C::rank)>([&](std::size_t i) { return view.stride(i); });
    }
    static constexpr bool is_view = true;  // it may be the last, but mostly another view owns the memory too
};

template <detail::BoostMultiArray C> struct buffer_traits<C> {
    static auto* data(auto& array) {
        auto* first = array.origin();  // where all indices are 0, which may be outside
        for (std::size_t i = 0; i < C::dimensionality; ++i) first += array.strides()[i] * array.index_bases()[i];
        return first;
    }
    static auto shape(const C& array) {
        return detail::each_dimension<C::dimensionality>([&](std::size_t i) { return array.shape()[i]; });
    }
    static auto strides(const C& array) {
        return detail::each_dimension<C::dimensionality>([&](std::size_t i) { return array.strides()[i]; });
    }
    // nor is a class that derives from a boost::multi_array
    static constexpr bool is_view = detail::type_name<C>().starts_with("boost::multi_array_ref<") ||
                                    detail::type_name<C>().starts_with("boost::const_multi_array_ref<") ||
                                    detail::type_name<C>().starts_with("boost::detail::multi_array::");
};

template <detail::XtensorArray C> struct buffer_traits<C> {
    static auto* data(auto& array) { return array.data() + array.data_offset(); }
    static const auto& shape(const C& array) { return array.shape(); }
    static const auto& strides(const C& array) { return array.strides(); }
    static constexpr bool is_view = detail::type_name<C>().starts_with("xt::xview<") || detail::type_name<C>().starts_with("xt::xstrided_view<");
};

}  // namespace MPI4CXX
