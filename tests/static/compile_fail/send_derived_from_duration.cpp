// error: mpi4cxx: this type cannot be sent as an object
#include <mpi4cxx/intracomm.hpp>

#include <chrono>
#include <vector>

class Labelled : public std::chrono::seconds {
public:
    explicit Labelled(int label = 0) : label_(label) {}
    [[nodiscard]] int label() const { return label_; }

private:
    int label_;
};

void send(const mpi4cxx::Comm& comm, const std::vector<Labelled>& times, const std::vector<std::chrono::seconds>& plain) {
#ifdef REJECTED
    comm.send(times, 1);
#else
    comm.send(plain, 1);
#endif
}
