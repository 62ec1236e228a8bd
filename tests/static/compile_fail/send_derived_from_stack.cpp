// error: mpi4cxx: this type cannot be sent as an object
#include <mpi4cxx/intracomm.hpp>

#include <cereal/types/stack.hpp>

#include <stack>

struct Tagged {
    int tag = 0;
    std::stack<int> numbers;
};
#ifdef REJECTED
struct Numbers : std::stack<int> {
    int tag = 0;
};
#else
using Numbers = Tagged;
#endif

void send(const mpi4cxx::Comm& comm, const Numbers& numbers) { comm.send(numbers, 1); }
