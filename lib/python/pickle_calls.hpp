// What a pickle calls: the classes and functions that are known. They are never called, but stand for what the reader does itself.
#pragma once

#include "python/pickle_stack.hpp"

#include <string>
#include <string_view>

namespace MPI4CXX::detail {

struct PickleCalls : PickleStack {
    using PickleStack::PickleStack;

    void push_global(std::string_view module, std::string_view name);
    void push_stacked_global();
    Index empty_tuple() { return add_container(PickleKind::tuple, stack.size()); }
    /// In place of a call of a function.
    void reduce();
    /// In place of a call of a class.
    void new_object(bool has_keywords);
    /// Gives an object its state.
    void build();
    [[nodiscard]] std::string name_of(const PickleNode& global) const;

private:
    [[nodiscard]] bool is_latin(const PickleNode& args) const;
    /// Protocol 2 has no bytes: they are a str whose characters are the bytes.
    Index add_latin(PickleKind kind, std::string_view text);
    void push_object(Index cls, Index args);
    /// The state of an object of a class with __slots__ is a tuple: its __dict__ or None, and its slots.
    Index attributes(Index state);
    Index add_array(const PickleArray& array);
    Index add_dtype(std::string_view code);
    void build_dtype(PickleNode& dtype, const PickleNode& state);
    PickleArray shaped(const PickleNode& shape, bool is_fortran);
    PickleArray filled(PickleArray array, const PickleNode& dtype, const PickleNode& bytes);
    /// NumPy's transpose. Copies the elements into the order of C.
    void transpose(PickleArray& array, const PickleNode& axes);
    void build_array(const PickleNode& node, const PickleNode& state);
};

}  // namespace MPI4CXX::detail
