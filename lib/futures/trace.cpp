#include "trace.hpp"

namespace mpi4cxx::futures::detail {

void write_trace(const std::string&, std::vector<Span>, const std::vector<std::string>&) {}

}  // namespace mpi4cxx::futures::detail
