// Makes C++ values of those of Python's.
#pragma once

#include <mpi4cxx/detail/mpi/resize_to_overwrite.hpp>
#include <mpi4cxx/detail/objects/encoding.hpp>
#include <mpi4cxx/detail/python/member_names.hpp>
#include <mpi4cxx/detail/python/pickle_document.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/python/conversion.hpp>
#include <mpi4cxx/python/value.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace MPI4CXX::detail {

template <class T> void read_number(const python::Input& from, T& value) {
    const PickleNode& node = from.node();
    if constexpr (std::is_same_v<T, double>) {
        if (node.kind == PickleKind::real) [[likely]] {
            value = node.real;
            return;
        }
    }
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        if (node.kind == PickleKind::integer) [[likely]] {
            value = static_cast<T>(node.integer);
            if (static_cast<std::int64_t>(value) == node.integer && (std::is_signed_v<T> || node.integer >= 0)) [[likely]]
                return;
        }
    }
    if (const NumberFit fit = from.document().number(from.node(), number_type<T>(), &value); fit != NumberFit::yes) [[unlikely]]
        from.refuse<T>(fit);
}

template <std::size_t N> void read_characters(const python::Input& from, char (&to)[N]) {
    if (!from.is(PickleKind::text))
        from.refuse<char[N]>();
    const std::string_view text = from.text();
    if (text.find(char()) != text.npos)
        from.refuse_for("has a null character, at which an array of characters would end");
    if (text.size() > N)
        from.refuse<char[N]>(NumberFit::too_large);
    std::fill(std::copy(text.begin(), text.end(), to), to + N, char());
}

/// The rest of the dimensions of an array, from `dimension` on.
struct ArrayPart {
    const python::Input& from;
    std::size_t dimension;
    const std::byte* data;
    [[nodiscard]] std::size_t extent() const noexcept { return static_cast<std::size_t>(from.document().shape(from.array())[dimension]); }
    [[nodiscard]] bool is_last() const noexcept { return dimension + 1 == from.array().dimensions; }
    [[nodiscard]] std::size_t stride() const noexcept {
        const PickleArray& array = from.array();
        const auto shape = from.document().shape(array);
        std::size_t stride = array.type.size;
        if (array.is_fortran)
            for (std::size_t i = 0; i < dimension; ++i) stride *= static_cast<std::size_t>(shape[i]);
        else
            for (std::size_t i = dimension + 1; i < shape.size(); ++i) stride *= static_cast<std::size_t>(shape[i]);
        return stride;
    }
    [[nodiscard]] ArrayPart part(std::size_t i) const noexcept { return {from, dimension + 1, data + i * stride()}; }
};

template <class T> void read_numbers(const ArrayPart& part, std::size_t stride, T* numbers, std::size_t count) {
    NumberFit fit = NumberFit::yes;
    const std::size_t done = convert_numbers(part.from.array(), part.data, count, stride, number_type<T>(), numbers, fit);
    if (fit == NumberFit::yes)
        return;
    if (fit == NumberFit::wrong_type)
        part.from.refuse<T>();
    part.from.refuse_for("has the element " + std::to_string(done) + ", which does not fit the C++ type " + std::string(type_name<T>()));
}

template <class T> void read_part(const ArrayPart& part, T& to);

template <class T> void resize_sequence(const ArrayPart& part, T& to) {
    if constexpr (PythonFixed<T>) {
        if (std::size(to) != part.extent())
            part.from.refuse<T>();
    } else if constexpr (PythonNumber<typename T::value_type> && requires { std::data(to); }) {  // no std::vector<bool>
        resize_to_overwrite(to, part.extent());
    } else {
        to.clear();
        to.resize(part.extent());
    }
}

/// Reads the first of the dimensions that are left.
template <class T> void read_dimension(const ArrayPart& part, T& to) {
    using Element = std::remove_cvref_t<decltype(*std::begin(to))>;
    resize_sequence(part, to);
    if constexpr (PythonNumber<Element> && requires { std::data(to); } && !std::is_same_v<T, std::vector<bool>>) {
        if (!part.is_last())
            part.from.refuse<T>();
        read_numbers(part, part.stride(), std::data(to), part.extent());
    } else if constexpr (std::is_same_v<T, std::vector<bool>>) {
        for (std::size_t i = 0; i < part.extent(); ++i) {
            bool value = false;
            read_part(part.part(i), value);
            to[i] = value;
        }
    } else {
        std::size_t i = 0;
        for (auto& element : to) read_part(part.part(i++), element);
    }
}

template <class T> void read_part(const ArrayPart& part, T& to) {
    const std::size_t dimensions = part.from.array().dimensions;
    if constexpr (PythonFixed<T> || PythonSequence<T>) {
        if (part.dimension == dimensions)
            part.from.refuse<T>();
        read_dimension(part, to);
    } else if constexpr (PythonNumber<T>) {
        if (part.dimension != dimensions)
            part.from.refuse<T>();
        read_numbers(part, part.from.array().type.size, &to, 1);
    } else {
        part.from.refuse<T>();
    }
}

inline std::vector<std::uint64_t> shape_of(const python::Input& from) {
    const auto shape = from.document().shape(from.array());
    return {shape.begin(), shape.end()};
}

template <class T> void read_array(const python::Input& from, python::Array<T>& to) {
    static_assert(PythonNumber<T>, "mpi4cxx: only numbers can be the elements of an array of NumPy's");
    if (!from.is(PickleKind::array))
        from.refuse<python::Array<T>>();
    const PickleArray& array = from.array();
    to.shape = shape_of(from);
    to.order = array.is_fortran ? python::Order::F : python::Order::C;
    resize_to_overwrite(to.elements, static_cast<std::size_t>(array.length));
    read_numbers(ArrayPart{from, 0, array.data}, array.type.size, to.elements.data(), to.elements.size());
}

inline python::AnyArray read_any_array(const python::Input& from) {
    const PickleArray& array = from.array();
    python::AnyArray result{array.type, std::vector<std::byte>(static_cast<std::size_t>(array.length) * array.type.size), shape_of(from),
                            array.is_fortran ? python::Order::F : python::Order::C};
    NumberFit fit = NumberFit::yes;
    if (array.type.kind == 'f' && array.type.size == 2)
        result.type.size = sizeof(float);
    result.bytes.resize(static_cast<std::size_t>(array.length) * result.type.size);
    (void)convert_numbers(array, array.data, static_cast<std::size_t>(array.length), array.type.size, result.type, result.bytes.data(), fit);
    return result;
}

/// The attributes of an object, or the arguments that make a named tuple. An object of a subclass of a named tuple, float or str may have both.
inline const PickleNode& contents_of(const python::Input& from) {
    const PickleNode &args = from.document().child(from.node(), 1), &state = from.document().child(from.node(), 2);
    if (args.size == 0)
        return state;
    if (state.kind != PickleKind::none)
        from.refuse_for("is an object that has attributes beside what its class is made of: send one of the two, such as tuple(x) or vars(x)");
    return args;
}

/// Returns the tuple that a named tuple is made of, and any other value as it is.
inline python::Input without_class(const python::Input& from) {
    if (from.is(PickleKind::object))
        if (const PickleNode& contents = contents_of(from); contents.kind == PickleKind::tuple)
            return {from.document(), contents, from.path()};
    return from;
}

inline bool is_sequence(const python::Input& from) { return from.is(PickleKind::list) || from.is(PickleKind::tuple); }

template <class T> void read_sequence(const python::Input& whole, T& to) {
    if (whole.is(PickleKind::array))
        return read_part(ArrayPart{whole, 0, whole.array().data}, to);
    const python::Input from = without_class(whole);
    if (!is_sequence(from))
        from.refuse<T>();
    to.clear();
    if constexpr (requires { to.reserve(from.size()); })
        to.reserve(from.size());
    for (std::size_t i = 0; i < from.size(); ++i)
        if constexpr (std::is_same_v<T, std::vector<bool>>) {
            bool value = false;
            from.element(i, value);
            to.push_back(value);
        } else {
            from.element(i, to.emplace_back());
        }
}

template <class T> void read_fixed(const python::Input& whole, T& to) {
    if (whole.is(PickleKind::array))
        return read_part(ArrayPart{whole, 0, whole.array().data}, to);
    const python::Input from = without_class(whole);
    if constexpr (PythonByteBlock<T>) {
        if ((from.is(PickleKind::bytes) || from.is(PickleKind::byte_array)) && from.size() == std::size(to)) {
            std::copy(from.bytes().begin(), from.bytes().end(), std::begin(to));
            return;
        }
    }
    if (!is_sequence(from) || from.size() != std::size(to))
        from.refuse<T>();
    std::size_t i = 0;
    for (auto& element : to) from.element(i++, element);
}

template <class T, std::size_t... I> void read_elements(const python::Input& whole, T& to, std::index_sequence<I...>) {
    const python::Input from = without_class(whole);
    if (!is_sequence(from) || from.size() != sizeof...(I))
        from.refuse<T>();
    (from.element(I, std::get<I>(to)), ...);
}

template <class T> void read_set(const python::Input& from, T& to) {
    if (!from.is(PickleKind::set) && !from.is(PickleKind::frozen_set))
        from.refuse<T>();
    to.clear();
    for (std::size_t i = 0; i < from.size(); ++i) {
        typename T::key_type element{};
        from.element(i, element);
        if (!to.insert(std::move(element)).second)
            from.refuse_for("has an element that is the same as another in the C++ type");
    }
}

/// Calls `f(key, value)` for each item of a dict, or for each attribute of an object.
template <class T, class F> void for_each_item(const python::Input& from, F f) {
    const PickleDocument& document = from.document();
    const PickleNode& dict = from.is(PickleKind::object) ? contents_of(from) : from.node();
    if (from.is(PickleKind::object) && dict.kind == PickleKind::none)
        return;  // an object without attributes
    if (dict.kind != PickleKind::dict)
        from.refuse<T>();
    for (std::size_t i = 0; i < dict.size; i += 2) {
        const PickleNode& key = document.child(dict, i);
        const PicklePath path{from.path(), &key, {}, 0};
        f(python::Input(document, key, &path), python::Input(document, document.child(dict, i + 1), &path));
    }
}

template <class T> T make_key(const python::Input& from) {
    if constexpr (std::is_same_v<T, std::string>)
        if (from.is(PickleKind::text)) [[likely]]
            return T(from.text());
    T key{};
    python::read(from, key);
    return key;
}

/// Returns the hint that puts the next key behind the last one.
template <class T> auto hint_behind_last(T& map, typename T::iterator last) {
    if constexpr (requires { --last; })
        if (last == std::prev(map.end()))  // costs less than the way from the last node to the end
            return map.end();
    return std::next(last);
}

template <class T> void read_map(const python::Input& from, T& to) {
    to.clear();
    auto hint = to.end();  // the keys of a dict are often in order
    for_each_item<T>(from, [&](const python::Input& key_from, const python::Input& value_from) {
        auto key = make_key<typename T::key_type>(key_from);
        typename T::mapped_type value{};
        python::read(value_from, value);
        const std::size_t before = to.size();
        hint = hint_behind_last(to, to.emplace_hint(hint, std::move(key), std::move(value)));
        if (to.size() == before)
            key_from.refuse_for("has a key that is the same as another in the C++ type");
    });
}

template <class T> void read_members(const python::Input& from, T& to, const PickleNode& elements) {
    const PickleDocument& document = from.document();
    if (elements.size != member_count<T>())
        from.refuse<T>();
    with_members(to, [&](auto&... members) {
        std::size_t i = 0;
        const auto read_member = [&](auto& member) {
            const PicklePath path{from.path(), nullptr, member_names<T>[i], 0};
            python::read(python::Input(document, document.child(elements, i++), &path), member);
        };
        (read_member(members), ...);
    });
}

template <class T> void read_aggregate(const python::Input& from, T& to) {
    (void)sizeof(check_aggregate<T>);
    if (from.is(PickleKind::tuple))
        return read_members(from, to, from.node());
    if (from.is(PickleKind::object))
        if (const PickleNode& contents = contents_of(from); contents.kind == PickleKind::tuple || contents.kind == PickleKind::list)
            return read_members(from, to, contents);
    std::array<bool, member_count<T>()> was_read{};
    for_each_item<T>(from, [&](const python::Input& key, const python::Input& value) {
        if (!key.is(PickleKind::text))
            key.refuse_for("has a key that is no str, but the program asks for the C++ type " + std::string(type_name<T>()));
        with_members(to, [&](auto&... members) {
            std::size_t i = 0;
            const auto read_member = [&](auto& member) {
                const bool is_this = member_names<T>[i] == key.text();
                if (is_this) {
                    python::read(value, member);
                    was_read[i] = true;
                }
                ++i;
                return is_this;
            };
            if (!(read_member(members) || ...))
                value.refuse_for("is no member of the C++ type " + std::string(type_name<T>()));
        });
    });
    for (std::size_t i = 0; i < was_read.size(); ++i)
        if (!was_read[i])
            from.refuse_for("has no '" + std::string(member_names<T>[i]) + "', which the C++ type " + std::string(type_name<T>()) + " has");
}

/// How near a value must be to what a type is written as.
struct Likeness {
    bool is_exact;        ///< the numbers of an array of NumPy's must have the very type of those in C++
    bool is_key = false;  ///< it is a key of a dict or an element of a set, where a list has become a tuple
};

/// Whether NumPy's numbers of this type are those that a `T` is written as. A real one keeps all its digits.
template <class T> constexpr bool is_natural_number(NumberType type, Likeness likeness) {
    if constexpr (!PythonNumber<T>)
        return false;
    else if (likeness.is_exact)
        return type == number_type<T>();
    else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
        return type.kind == 'i' || type.kind == 'u';
    else
        return type.kind == number_type<T>().kind && type.size <= sizeof(T);
}

template <PythonFixed T> consteval std::size_t fixed_size() {
    if constexpr (std::is_bounded_array_v<T>)
        return std::extent_v<T>;
    else
        return std::tuple_size_v<T>;
}
template <class T> using element_type_of = std::remove_cvref_t<decltype(*std::begin(std::declval<const T&>()))>;

/// Whether an array of NumPy's, from this dimension on, has the shape and the numbers of a `T`.
template <class T> bool is_natural_array(const python::Input& from, Likeness likeness, std::size_t dimension = 0) {
    const auto shape = from.document().shape(from.array());
    if constexpr ((PythonSequence<T> || PythonFixed<T>)&&!PythonCharacters<T>) {
        if (dimension == shape.size())
            return false;
        if constexpr (PythonFixed<T>)
            if (shape[dimension] != fixed_size<T>())
                return false;
        return is_natural_array<element_type_of<T>>(from, likeness, dimension + 1);
    } else {
        return dimension == shape.size() && is_natural_number<T>(from.array().type, likeness);
    }
}

template <class T> bool is_natural(const python::Input& from, Likeness likeness);

template <class T> bool is_natural_part(const python::Input& from, std::size_t i, Likeness likeness) {
    return is_natural<T>(python::Input(from.document(), from.document().child(from.node(), i)), likeness);
}
/// Whether the parts of a list or a set, or every second one of a dict, are what a `T` is written as.
template <class T> bool are_natural(const python::Input& from, Likeness likeness, std::size_t first = 0, std::size_t step = 1) {
    for (std::size_t i = first; i < from.size(); i += step)
        if (!is_natural_part<T>(from, i, likeness))
            return false;
    return true;
}
template <class T> bool are_natural_keys(const python::Input& from, std::size_t step, Likeness likeness) {
    return are_natural<T>(from, {likeness.is_exact, true}, 0, step);
}

template <class... A> bool is_natural_alternative(const python::Input& from, Likeness likeness, TypeList<std::variant<A...>>) {
    return (is_natural<A>(from, likeness) || ...);
}
template <class T, std::size_t... I> bool are_natural_elements(const python::Input& from, Likeness likeness, std::index_sequence<I...>) {
    return from.size() == sizeof...(I) && (is_natural_part<std::tuple_element_t<I, T>>(from, I, likeness) && ...);
}

/// Whether a dict, or the attributes of an object, are what a plain struct is written as.
template <class T, class... M> bool are_natural_members(const python::Input& from, Likeness likeness, TypeList<M...>) {
    const PickleDocument& document = from.document();
    const bool is_object = from.is(PickleKind::object);
    if (is_object && document.child(from.node(), 1).size != 0)
        return false;  // a named tuple, or the like
    const PickleNode& dict = is_object ? document.child(from.node(), 2) : from.node();
    if (dict.kind != PickleKind::dict || dict.size != 2 * sizeof...(M))
        return false;
    for (std::size_t i = 0; i < dict.size; i += 2) {
        const PickleNode& key = document.child(dict, i);
        const python::Input value(document, document.child(dict, i + 1));
        [[maybe_unused]] std::size_t member = 0;
        if (key.kind != PickleKind::text || !((member_names<T>[member++] == key.text() && is_natural<M>(value, likeness)) || ...))
            return false;
    }
    return true;
}
template <class T> consteval auto member_types() {
    return decltype(with_members(std::declval<T&>(), [](auto&... members) { return TypeList<std::remove_cvref_t<decltype(members)>...>(); }))();
}

/// The kind of an alternative of python::Value. Both have the same order.
template <class T, class... A> consteval PickleKind kind_of(TypeList<std::variant<A...>>) {
    std::size_t i = 0;
    (void)((std::is_same_v<T, A> || (++i, false)) || ...);
    return static_cast<PickleKind>(i);
}
static_assert(kind_of<python::Object>(TypeList<python::Value::Variant>()) == PickleKind::object);

/// Whether a value is what a `T` is written as.
template <class T> bool is_natural(const python::Input& from, Likeness likeness) {
    using K = PickleKind;
    if constexpr (PythonConverted<T> || std::is_same_v<T, python::Value>) {
        return true;
    } else if constexpr (PythonNumber<T>) {
        T value{};
        if (from.is(K::array))
            return is_natural_array<T>(from, likeness) && from.document().number(from.node(), number_type<T>(), &value) == NumberFit::yes;
        if constexpr (std::is_same_v<T, bool>)
            return from.is(K::boolean);
        else if constexpr (PythonComplex<T>)
            return from.is(K::complex) && are_natural<typename T::value_type>(from, likeness);
        else if constexpr (PythonReal<T>)
            return from.is(K::real) && (std::isnan(from.node().real) || static_cast<double>(static_cast<T>(from.node().real)) == from.node().real);
        else
            return (from.is(K::integer) || from.is(K::long_integer)) &&
                   from.document().number(from.node(), number_type<T>(), &value) == NumberFit::yes;
    } else if constexpr (std::is_enum_v<T>) {
        return is_natural<std::underlying_type_t<T>>(from, likeness);
    } else if constexpr (std::is_same_v<T, std::nullptr_t>) {
        return from.is(K::none);
    } else if constexpr (PythonCharacters<T>) {
        return from.is(K::text) && from.size() <= fixed_size<T>() && from.text().find(char()) == std::string_view::npos;
    } else if constexpr (PythonFixed<T> && PythonByteBlock<T>) {
        return from.is(K::bytes) && from.size() == fixed_size<T>();
    } else if constexpr (python::is_alternative<T, python::Value::Variant> && !std::is_same_v<T, python::List>) {
        return from.is(kind_of<T>(TypeList<python::Value::Variant>()));
    } else if constexpr (is_instance<T, std::optional>) {
        return from.is(K::none) || is_natural<typename T::value_type>(from, likeness);
    } else if constexpr (is_instance<T, std::variant>) {
        return is_natural_alternative(from, likeness, TypeList<T>());
    } else if constexpr (PythonTuple<T>) {
        return from.is(K::tuple) && are_natural_elements<T>(from, likeness, std::make_index_sequence<std::tuple_size_v<T>>());
    } else if constexpr (is_instance<T, python::Array>) {
        return from.is(K::array) && from.array().dimensions != 0 &&
               is_natural_number<element_type_of<decltype(T::elements)>>(from.array().type, likeness);
    } else if constexpr (PythonSequence<T> || PythonFixed<T>) {
        if (from.is(K::array))
            return is_natural_array<T>(from, likeness);
        if constexpr (PythonFixed<T>)
            if (from.size() != fixed_size<T>())
                return false;
        return from.is(likeness.is_key ? K::tuple : K::list) && are_natural<element_type_of<T>>(from, likeness);
    } else if constexpr (PythonMap<T>) {
        return from.is(K::dict) && are_natural_keys<typename T::key_type>(from, 2, likeness) &&
               are_natural<typename T::mapped_type>(from, likeness, 1, 2);
    } else if constexpr (PythonSet<T>) {
        return (from.is(K::set) || from.is(K::frozen_set)) && are_natural_keys<typename T::key_type>(from, 1, likeness);
    } else {
        (void)sizeof(check_aggregate<T>);
        return are_natural_members<T>(from, likeness, member_types<T>());
    }
}

template <class V, std::size_t I> bool try_alternative(const python::Input& from, V& to) {
    try {
        std::variant_alternative_t<I, V> value{};
        python::read(from, value);
        to.template emplace<I>(std::move(value));
        return true;
    } catch (const Exception&) {
        return false;
    }
}

/// First the alternatives that such a value comes from, then all to which it can be converted.
template <class V, std::size_t... I> void read_variant(const python::Input& from, V& to, std::index_sequence<I...>) {
    for (const bool is_exact : {true, false})
        if (((is_natural<std::variant_alternative_t<I, V>>(from, {is_exact}) && try_alternative<V, I>(from, to)) || ...))
            return;
    if (!(try_alternative<V, I>(from, to) || ...))
        from.refuse<V>();
}

inline std::vector<python::Value> read_values(const python::Input& from) {
    std::vector<python::Value> values(from.size());
    for (std::size_t i = 0; i < values.size(); ++i) from.element(i, values[i]);
    return values;
}

inline python::Dict read_dict(const python::Input& from) {
    python::Dict dict;
    for_each_item<python::Value>(from, [&dict](const python::Input& key, const python::Input& value) {
        auto& [new_key, new_value] = dict.items.emplace_back();
        python::read(key, new_key);
        python::read(value, new_value);
    });
    return dict;
}

inline python::Value read_object(const python::Input& from) {
    const PickleDocument& document = from.document();
    if (const PickleNode& contents = contents_of(from); contents.kind == PickleKind::tuple || contents.kind == PickleKind::list)
        return python::Tuple{read_values(python::Input(document, contents, from.path()))};
    const PickleNode& cls = document.child(from.node(), 0);
    return python::Object{std::string(document.child(cls, 0).text()) + "." + std::string(document.child(cls, 1).text()), read_dict(from)};
}

/// Returns an integer with as few bytes as hold it and its sign, as Python writes it.
inline python::BigInteger big_integer(std::int64_t value) {
    python::BigInteger result;
    for (; value != 0 && value != -1; value >>= 8) result.bytes.push_back(static_cast<std::byte>(value & 0xff));
    const bool is_negative = !result.bytes.empty() && (result.bytes.back() & std::byte{0x80}) != std::byte{0};
    if (is_negative != (value < 0))
        result.bytes.push_back(static_cast<std::byte>(value & 0xff));
    return result;
}

/// A number of NumPy's is as good as one of Python's, if that is as wide.
inline python::Value read_scalar(const python::Input& from) {
    const NumberType type = from.array().type;
    const auto as = [&]<class T>(T value) -> python::Value {
        if (from.document().number(from.node(), number_type<T>(), &value) != NumberFit::yes)
            return read_any_array(from);
        return value;
    };
    switch (type.kind) {
    case 'b': return as(false);
    case 'i':
    case 'u': return as(std::int64_t{});
    case 'f': return type.size <= sizeof(double) ? as(0.0) : python::Value(read_any_array(from));
    default: return type.size <= 2 * sizeof(double) ? as(std::complex<double>()) : python::Value(read_any_array(from));
    }
}

inline void read_value(const python::Input& from, python::Value& to) {
    const auto bytes = [&] { return python::Bytes(from.bytes().begin(), from.bytes().end()); };
    switch (from.kind()) {
    case PickleKind::none: to = python::Value(); break;
    case PickleKind::boolean: to = from.node().integer != 0; break;
    case PickleKind::integer: to = from.node().integer; break;
    case PickleKind::long_integer: to = python::BigInteger{bytes()}; break;
    case PickleKind::real: to = from.node().real; break;
    case PickleKind::complex:
        to = std::complex<double>(from.document().child(from.node(), 0).real, from.document().child(from.node(), 1).real);
        break;
    case PickleKind::text: to = std::string(from.text()); break;
    case PickleKind::bytes: to = bytes(); break;
    case PickleKind::byte_array: to = python::ByteArray{bytes()}; break;
    case PickleKind::list: to = read_values(from); break;
    case PickleKind::tuple: to = python::Tuple{read_values(from)}; break;
    case PickleKind::set: to = python::Set{read_values(from)}; break;
    case PickleKind::frozen_set: to = python::FrozenSet{read_values(from)}; break;
    case PickleKind::dict: to = read_dict(from); break;
    case PickleKind::array: to = from.array().dimensions == 0 ? read_scalar(from) : python::Value(read_any_array(from)); break;
    case PickleKind::object: to = read_object(from); break;
    case PickleKind::global:
    case PickleKind::dtype: from.refuse<python::Value>();
    }
}

}  // namespace MPI4CXX::detail

namespace MPI4CXX::python {

template <class T> void Input::element(std::size_t i, T& to) const {
    const detail::PicklePath path{path_, nullptr, {}, i};
    read(Input(document_, document_.child(node_, i), &path), to);
}

/// Read a value into the C++ type that the program asks for. Throws an Exception of class ERR_TYPE that names the part that is of another type.
template <class T> void read(const Input& from, T& value) {
    static_assert(!std::is_pointer_v<T> && !std::is_same_v<T, std::string_view>, "mpi4cxx: a received value needs a type that owns it");
    using K = detail::PickleKind;
    if constexpr (detail::PythonConverted<T>) {
        conversion<T>::read(from, value);
    } else if constexpr (std::is_same_v<T, Value>) {
        detail::read_value(from, value);
    } else if constexpr (std::is_same_v<T, std::monostate> || std::is_same_v<T, std::nullptr_t>) {
        if (!from.is(K::none))
            from.refuse<T>();
    } else if constexpr (detail::PythonNumber<T>) {
        detail::read_number(from, value);
    } else if constexpr (std::is_enum_v<T>) {
        std::underlying_type_t<T> number{};
        detail::read_number(from, number);
        value = static_cast<T>(number);
    } else if constexpr (detail::PythonText<T>) {
        if (!from.is(K::text))
            from.refuse<T>();
        value = from.text();
    } else if constexpr (detail::PythonCharacters<T>) {
        detail::read_characters(from, value);
    } else if constexpr (detail::PythonBytes<T>) {
        if (!from.is(K::bytes) && !from.is(K::byte_array))
            from.refuse<T>();
        value.assign(from.bytes().begin(), from.bytes().end());
    } else if constexpr (std::is_same_v<T, ByteArray> || std::is_same_v<T, BigInteger> || std::is_same_v<T, Tuple> || std::is_same_v<T, Set> ||
                         std::is_same_v<T, FrozenSet> || std::is_same_v<T, Dict> || std::is_same_v<T, AnyArray> || std::is_same_v<T, Object>) {
        Value any;
        detail::read_value(from, any);
        if constexpr (std::is_same_v<T, BigInteger>)
            if (any.is<std::int64_t>())
                any = detail::big_integer(any.get<std::int64_t>());
        if (!any.is<T>())
            from.refuse<T>();
        value = std::move(any.get<T>());
    } else if constexpr (detail::is_instance<T, Array>) {
        detail::read_array(from, value);
    } else if constexpr (detail::is_instance<T, std::optional>) {
        value.reset();
        if (!from.is(K::none))
            read(from, value.emplace());
    } else if constexpr (detail::is_instance<T, std::variant>) {
        detail::read_variant(from, value, std::make_index_sequence<std::variant_size_v<T>>());
    } else if constexpr (detail::PythonMap<T>) {
        detail::read_map(from, value);
    } else if constexpr (detail::PythonSet<T>) {
        detail::read_set(from, value);
    } else if constexpr (detail::PythonTuple<T>) {
        detail::read_elements(from, value, std::make_index_sequence<std::tuple_size_v<T>>());
    } else if constexpr (detail::PythonFixed<T>) {
        detail::read_fixed(from, value);
    } else if constexpr (detail::PythonSequence<T>) {
        detail::read_sequence(from, value);
    } else {
        detail::read_aggregate(from, value);
    }
}

}  // namespace MPI4CXX::python
