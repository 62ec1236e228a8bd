// How a container describes its memory: the customisation point of buffers, for a container that is not a contiguous range:
//     template <> struct mpi4cxx::buffer_traits<Image> {
//         static auto* data(auto& image) { return image.pixels(); }                                      // the address of its first element
//         static auto shape(const Image& image) { return std::array{image.height(), image.width()}; }    // its extents, in elements
//         static auto strides(const Image& image) { return std::array{image.pitch(), 1}; }               // from one element to the next, in elements
//     };
// Without `strides` the elements are contiguous, row by row. A class that does not own its memory, as a std::span does not, has
// `static constexpr bool is_view = true;`: then a nonblocking call takes a temporary.
#pragma once

#include <mpi4cxx/detail/runtime/type_name.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

/// Where the elements of a `C` lie in memory. Empty if a `C` is a range, a single element, or no buffer.
template <class C> struct buffer_traits {};

namespace detail {

/// A container that buffer_traits describes.
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

// The arrays of other libraries, recognised by their interfaces so that their headers need not be included.

/// An Eigen expression; `row`, `block`, … of a matrix are expressions too.
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

/// Returns whether the elements of an mdspan lie where its layout says. Another accessor than the standard's may look elsewhere.
template <class C> consteval bool has_direct_accessor() {
    if constexpr (requires { typename C::accessor_type; })
        return type_name<typename C::accessor_type>().find("::default_accessor<") != std::string_view::npos ||
               type_name<typename C::accessor_type>().find("::aligned_accessor<") != std::string_view::npos;
    else
        return true;
}

/// A std::mdspan or a Kokkos::mdspan whose layout has strides and whose data handle is a plain pointer to the elements.
template <class C>
concept Mdspan = requires(const C& array) {
    typename C::mapping_type;
    requires has_direct_accessor<C>();
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

/// A boost::multi_array, or a reference, sub-array or view of one.
template <class C>
concept BoostMultiArray = requires(const C& array) {
    C::dimensionality;
    array.origin(), array.shape(), array.strides(), array.index_bases(), array.num_elements();
};

/// An xt::xarray, an xt::xtensor, or a view of one that has strides.
template <class C>
concept XtensorArray = requires(const C& array) {
    typename C::expression_tag;
    array.data(), array.data_offset(), array.shape(), array.strides(), array.dimension();
};

/// Returns the array of `f(0)` to `f(N - 1)`: the extents or strides of a container that gives them for one dimension at a time.
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
    // An Eigen::Ref of const may own a copy. A class that derives from a matrix owns the memory of the matrix.
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
    static constexpr bool is_view = true;  // this may be the last owner of the memory, but usually another view owns it too
};

template <detail::BoostMultiArray C> struct buffer_traits<C> {
    static auto* data(auto& array) {
        auto* first = array.origin();  // the element with all indices 0, which may lie outside
        for (std::size_t i = 0; i < C::dimensionality; ++i) first += array.strides()[i] * array.index_bases()[i];
        return first;
    }
    static auto shape(const C& array) {
        return detail::each_dimension<C::dimensionality>([&](std::size_t i) { return array.shape()[i]; });
    }
    static auto strides(const C& array) {
        return detail::each_dimension<C::dimensionality>([&](std::size_t i) { return array.strides()[i]; });
    }
    // a boost::multi_array is no view, nor is a class that derives from it
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
