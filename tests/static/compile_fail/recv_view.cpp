// error: mpi4cxx: no object of this type can be received: it is sent as a std::string
#include <mpi4cxx/intracomm.hpp>

#include <string>
#include <string_view>

#ifdef REJECTED
using Text = std::string_view;
#else
using Text = std::string;
#endif

Text receive(const mpi4cxx::Comm& comm) { return comm.recv<Text>(1); }
