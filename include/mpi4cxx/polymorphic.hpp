// Pointers to a base class: include this header, and register each derived class with cereal's CEREAL_REGISTER_TYPE. mpi4cxx.hpp does not include
// this header, because cereal's part takes longer to compile than all of mpi4cxx.hpp.
#pragma once

#include <mpi4cxx/serialize.hpp>

#include <cereal/types/memory.hpp>
#include <cereal/types/polymorphic.hpp>

namespace MPI4CXX {
void sends_hierarchies(OutputArchive& archive, const auto& pointer);  // tells that this header is included
}

CEREAL_REGISTER_ARCHIVE(mpi4cxx::OutputArchive)
CEREAL_REGISTER_ARCHIVE(mpi4cxx::InputArchive)
