// The folder of the results.
#pragma once

#include <string>

namespace mpi4cxx::trace {

/// Creates and locks the folder for the results, on rank 0. Returns its path: one for temporary files if no other can be written, or an empty path if
/// that cannot either.
std::string folder_for_results();

/// Removes the folder, or the marker of one that was there before, if there was nothing to write.
void remove_unused_folder(const std::string& folder);

}  // namespace mpi4cxx::trace
