# The repository of Spack that this file lies in is for Spack 1.0 and newer. There is no archive to download: in a checkout of the sources,
#
#   spack repo add docs/packaging/spack/spack_repo/mpi4cxx
#   spack dev-build mpi4cxx@0.1.0 ^mpich
from spack_repo.builtin.build_systems.meson import MesonPackage

from spack.package import *


class Mpi4cxx(MesonPackage):
    """MPI in C++20 with the communicator API of mpi4py: objects and typed buffers, every return code checked."""

    license("BSD-3-Clause")

    version("0.1.0")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("meson@1.0:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("python@3:", type="build")
    # The headers include those of both.
    depends_on("mpi", type=("build", "link", "run"))
    depends_on("cereal@1.3:", type=("build", "link", "run"))
    depends_on("catch2@2.13:", type="test")

    # The library is built on the pkg-config file of an MPI, and knows these two.
    requires("^[virtuals=mpi] mpich@4:", "^[virtuals=mpi] openmpi@4.1:", policy="one_of")
    conflicts("%gcc@:11")
    conflicts("%clang@:13")

    def meson_args(self):
        return [
            "-Dmpi=" + ("mpich" if self.spec.satisfies("^mpich") else "ompi"),
            "-Dtests=" + ("enabled" if self.run_tests else "disabled"),
            "-Dexamples=disabled",
            "-Ddocs=disabled",
        ]
