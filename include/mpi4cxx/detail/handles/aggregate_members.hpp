// The members of a plain aggregate, found without registration. There are as many as `T{{}, {}, …}` takes (braces keep C arrays whole), and
// structured bindings name them. There is one line for each number of members, because neither can be written as a pack.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <type_traits>

namespace MPI4CXX::detail {

struct TooMany : std::false_type {};

// Converts only to a base of `T`: an aggregate with a base is not plain.
template <class T> struct to_base {
    template <class U>
        requires(std::is_base_of_v<U, T> && !std::is_same_v<U, T>)
    operator U() const;
};

/// Calls `f` with all members of `t`. Returns `TooMany` if there are more than 32, or if they cannot be found.
// clang-format off
template <class T, class F> constexpr auto with_members(T& t, F f) {
    if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; } || requires { T{to_base<T>{}}; }) return TooMany{};
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28,m29,m30,m31,m32] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28,m29,m30,m31,m32); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28,m29,m30,m31] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28,m29,m30,m31); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28,m29,m30] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28,m29,m30); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28,m29] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28,m29); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27,m28); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26,m27); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25,m26); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24,m25); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23,m24); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22,m23); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21,m22); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20,m21); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19,m20); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18,m19); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17,m18); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16,m17); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15,m16); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14,m15); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13,m14); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12,m13); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9,m10] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9,m10); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8,m9] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8,m9); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7,m8] = t; return f(m1,m2,m3,m4,m5,m6,m7,m8); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6,m7] = t; return f(m1,m2,m3,m4,m5,m6,m7); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5,m6] = t; return f(m1,m2,m3,m4,m5,m6); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{},{}}; }) { auto& [m1,m2,m3,m4,m5] = t; return f(m1,m2,m3,m4,m5); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{},{}}; }) { auto& [m1,m2,m3,m4] = t; return f(m1,m2,m3,m4); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{},{}}; }) { auto& [m1,m2,m3] = t; return f(m1,m2,m3); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{},{}}; }) { auto& [m1,m2] = t; return f(m1,m2); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else if constexpr (requires { T{{}}; }) { auto& [m1] = t; return f(m1); }  // a bit-field? specialise datatype_traits by bytes_type, or write a serialize
    else return TooMany{};
}
// clang-format on

}  // namespace MPI4CXX::detail
