// Pointers to a base class: include this, and register each class that is derived from it with cereal's CEREAL_REGISTER_TYPE. It is not in
// mpi4cxx.hpp because cereal's part takes longer to compile than all of that.
#pragma once

#include <mpi4cxx/serialize.hpp>

#include <cereal/types/memory.hpp>
#include <cereal/types/polymorphic.hpp>

namespace MPI4CXX {
void sends_hierarchies(OutputArchive& archive, const auto& pointer);  // says that this header is here
}

CEREAL_REGISTER_ARCHIVE(mpi4cxx::OutputArchive)
CEREAL_REGISTER_ARCHIVE(mpi4cxx::InputArchive)
