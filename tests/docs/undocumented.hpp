#pragma once

namespace mpi4cxx {

/// A class with sentences.
class Example {
public:
    /// Say what it does.
    void documented();

    // One sentence for two.
    void first();
    void second();

    void forgotten();
};

}  // namespace mpi4cxx
