// error: mpi4cxx: a pointer to a class with virtual functions is sent with what it points to, .*<mpi4cxx/polymorphic.hpp>
#include <mpi4cxx/intracomm.hpp>
#ifndef REJECTED
#include <mpi4cxx/polymorphic.hpp>
#endif

#include <memory>
#include <vector>

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};

void send(const mpi4cxx::Comm& comm, const std::vector<std::unique_ptr<Shape>>& shapes) { comm.send(shapes, 1); }
