// error: mpi4cxx: this type cannot be sent as an object: it is a class of a library
// flags: -std=c++23
#include <mpi4cxx/intracomm.hpp>

#include <mutex>
#include <string>
#include <variant>
#include <version>
#ifdef __cpp_lib_expected
#include <expected>
#endif

#if defined REJECTED && defined __cpp_lib_expected
using Result = std::expected<int, std::string>;
#elif defined REJECTED
using Result = std::mutex;
#else
using Result = std::variant<int, std::string>;
#endif

void send(const mpi4cxx::Comm& comm, const Result& result) { comm.send(result, 1); }
