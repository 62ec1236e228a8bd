// error: mpi4cxx: data.. and size.. do not tell how this class lies in memory: describe it by mpi4cxx::buffer_traits
#include <mpi4cxx/intracomm.hpp>

#include <vector>

class Table {  // rows at any distance from each other
public:
    [[nodiscard]] const double* data() const { return memory_.data(); }
    [[nodiscard]] int size() const { return 3; }

private:
    std::vector<double> memory_ = std::vector<double>(12);
};

#ifndef REJECTED
template <> struct mpi4cxx::buffer_traits<Table> {
    static auto* data(auto& table) { return table.data(); }
    static std::array<int, 2> shape(const Table& table) { return {table.size(), 4}; }
};
#endif

void send(const mpi4cxx::Comm& comm, const Table& table) { comm.Send(table, 1); }
