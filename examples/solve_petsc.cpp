// Solve a system with PETSc on a part of the processes: PETSc works on a communicator of ours, and leaves MPI running.
// mpi4py: petsc4py.init(comm=comm.Split(comm.rank % 2))
#include <mpi4cxx/mpi4cxx.hpp>

#include <petscksp.h>

#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace MPI = mpi4cxx;

static void check(PetscErrorCode code) {
    if (code != 0)
        throw std::runtime_error("a call of PETSc fails");
}

/// The solution of a system of n equations, whose matrix has 2 on its diagonal and -1 beside it, less the exact one.
static double solve(const MPI::Intracomm& comm, PetscInt n) {
    Mat a;
    check(MatCreateAIJ(comm.handle(), PETSC_DECIDE, PETSC_DECIDE, n, n, 3, nullptr, 2, nullptr, &a));
    PetscInt first, end;
    check(MatGetOwnershipRange(a, &first, &end));
    for (PetscInt i = first; i < end; ++i)
        for (PetscInt j = i - 1; j <= i + 1; ++j)
            if (j >= 0 && j < n)
                check(MatSetValue(a, i, j, i == j ? 2 : -1, INSERT_VALUES));
    check(MatAssemblyBegin(a, MAT_FINAL_ASSEMBLY));
    check(MatAssemblyEnd(a, MAT_FINAL_ASSEMBLY));
    Vec x, b;
    check(MatCreateVecs(a, &x, &b));
    check(VecSet(b, 1));
    KSP solver;
    check(KSPCreate(comm.handle(), &solver));
    check(KSPSetOperators(solver, a, a));
    check(KSPSetTolerances(solver, 1e-12, PETSC_DEFAULT, PETSC_DEFAULT, 10000));
    check(KSPSolve(solver, b, x));
    const PetscScalar* values;
    check(VecGetArrayRead(x, &values));
    double error = 0;
    for (PetscInt i = first; i < end; ++i) error = std::fmax(error, std::abs(values[i - first] - (i + 1.0) * (n - i) / 2));
    check(VecRestoreArrayRead(x, &values));
    check(KSPDestroy(&solver));
    check(VecDestroy(&x));
    check(VecDestroy(&b));
    check(MatDestroy(&a));
    return comm.allreduce(error, MPI::MAX);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm half = MPI::COMM_WORLD.Split(MPI::COMM_WORLD.Get_rank() % 2);
    PETSC_COMM_WORLD = half.handle();
    check(PetscInitialize(&argc, &argv, nullptr, nullptr));
    const double error = solve(half, 50);
    check(PetscFinalize());
    if (MPI::Is_finalized() || !(error < 1e-6))
        throw std::runtime_error("not the solution");
    if (half.Get_rank() == 0)
        std::printf("%d ranks, error %.1e\n", half.Get_size(), error);
}
