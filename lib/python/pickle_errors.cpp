// What an Exception says of a value of Python's that is not what the program asks for.
#include <mpi4cxx/detail/python/pickle_document.hpp>

#include <mpi4cxx/error.hpp>

#include <array>
#include <cstdio>
#include <string>

namespace MPI4CXX::detail {

namespace {

constexpr std::size_t longest_quote = 40;

std::string quote(std::string_view text) { return "'" + std::string(text.substr(0, longest_quote)) + (text.size() > longest_quote ? "…'" : "'"); }

std::string key_text(const PickleNode& key) {
    switch (key.kind) {
    case PickleKind::text: return quote(key.text());
    case PickleKind::integer: return std::to_string(key.integer);
    default: return "…";
    }
}

std::string path_text(const PicklePath* path) {
    if (path == nullptr)
        return {};
    std::string text = path_text(path->up);
    if (path->key != nullptr)
        return text + "[" + key_text(*path->key) + "]";
    if (!path->member.empty())
        return text + "." + std::string(path->member);
    return text + "[" + std::to_string(path->index) + "]";
}

std::string number_text(double real) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%.17g", real);
    return text.data();
}

std::string number_name(NumberType type) {
    switch (type.kind) {
    case 'b': return "bool";
    case 'i': return "int" + std::to_string(type.size * 8);
    case 'u': return "uint" + std::to_string(type.size * 8);
    case 'f': return "float" + std::to_string(type.size * 8);
    default: return "complex" + std::to_string(type.size * 8);
    }
}

std::string counted(const PickleNode& node, const char* name, const char* part) {
    return std::string("a ") + name + " of " + std::to_string(node.size) + " " + part + (node.size == 1 ? "" : "s");
}

std::string describe(const PickleDocument& document, const PickleNode& node) {
    switch (node.kind) {
    case PickleKind::none: return "None";
    case PickleKind::boolean: return node.integer != 0 ? "the bool True" : "the bool False";
    case PickleKind::integer: return "the int " + std::to_string(node.integer);
    case PickleKind::long_integer: return "an int of " + std::to_string(node.size) + " bytes";
    case PickleKind::real: return "the float " + number_text(node.real);
    case PickleKind::complex: return "a complex";
    case PickleKind::text: return "the str " + quote(node.text());
    case PickleKind::bytes: return counted(node, "bytes", "byte");
    case PickleKind::byte_array: return counted(node, "bytearray", "byte");
    case PickleKind::list: return counted(node, "list", "element");
    case PickleKind::tuple: return counted(node, "tuple", "element");
    case PickleKind::dict: return "a dict of " + std::to_string(node.size / 2) + (node.size == 2 ? " key" : " keys");
    case PickleKind::set: return counted(node, "set", "element");
    case PickleKind::frozen_set: return counted(node, "frozenset", "element");
    case PickleKind::array: {
        const PickleArray& array = document.array(node);
        if (array.dimensions == 0)
            return "a numpy." + number_name(array.type);
        std::string shape;
        for (const std::uint64_t extent : document.shape(array)) shape += (shape.empty() ? "" : ", ") + std::to_string(extent);
        return "a NumPy array of " + number_name(array.type) + " of shape (" + shape + (array.dimensions == 1 ? ",)" : ")");
    }
    case PickleKind::object: {
        const PickleNode& cls = document.child(node, 0);
        return "an object of class " + std::string(document.child(cls, 0).text()) + "." + std::string(document.child(cls, 1).text());
    }
    case PickleKind::global:
        return "the class or function " + std::string(document.child(node, 0).text()) + "." + std::string(document.child(node, 1).text());
    case PickleKind::dtype: break;
    }
    return "a type of NumPy";
}

std::string subject(const PicklePath* path) { return path == nullptr ? "the value" : "value" + path_text(path); }

}  // namespace

void refuse_part(const PickleDocument& document, const PickleNode& node, const PicklePath* path, std::string_view wanted, NumberFit fit) {
    throw Exception(MPI_ERR_TYPE, document.function(),
                    subject(path) + " is " + describe(document, node) +
                        (fit == NumberFit::too_large ? ", which does not fit the C++ type " : ", but the program asks for the C++ type ") +
                        std::string(wanted),
                    document.where());
}

void refuse_part_for(const PickleDocument& document, const PicklePath* path, std::string_view text) {
    throw Exception(MPI_ERR_TYPE, document.function(), subject(path) + " " + std::string(text), document.where());
}

}  // namespace MPI4CXX::detail
