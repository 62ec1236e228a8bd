// An object that may arrive and still cannot be read.
#pragma once

#include <stdexcept>

/// A number that cannot be read if it is negative, beside a member that decides what the type can do.
template <class Member = char> struct Positive {
    template <class Archive> void save(Archive& archive) const { archive(value); }
    template <class Archive> void load(Archive& archive) {
        archive(value);
        if (value < 0)
            throw std::domain_error("negative");
    }

    int value = 0;
    Member member{};
};
