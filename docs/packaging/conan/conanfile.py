# From the top of the sources: conan create docs/packaging/conan
#
# The MPI is the machine's own, found by its pkg-config file: a program has to run with the launcher and on the network that
# the machine has. cereal is Conan's.
import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy
from conan.tools.gnu import PkgConfig, PkgConfigDeps
from conan.tools.layout import basic_layout
from conan.tools.meson import Meson, MesonToolchain

required_conan_version = ">=2.0"
SOURCES = ("meson.build", "meson_options.txt", "LICENSE", "include/*", "lib/*", "tests/launch/*")


class Mpi4cxxConan(ConanFile):
    name = "mpi4cxx"
    version = "0.1.0"
    license = "BSD-3-Clause"
    description = "MPI in C++20 with the communicator API of mpi4py: objects and typed buffers, every return code checked"
    topics = ("mpi", "hpc", "message-passing")
    package_type = "shared-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"mpi": ["mpich", "ompi"]}
    default_options = {"mpi": "mpich"}

    def export_sources(self):
        top = os.path.join(self.recipe_folder, "..", "..", "..")
        for pattern in SOURCES:
            copy(self, pattern, src=top, dst=self.export_sources_folder)

    def layout(self):
        basic_layout(self)

    def requirements(self):
        self.requires("cereal/1.3.2", transitive_headers=True)

    def build_requirements(self):
        self.tool_requires("meson/[>=1.0 <2]")
        self.tool_requires("pkgconf/[>=2.0 <3]")

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("mpi4cxx is tried on Linux only")
        check_min_cppstd(self, 20)

    def generate(self):
        toolchain = MesonToolchain(self)
        toolchain.project_options["mpi"] = str(self.options.mpi)
        for part in ("tests", "examples", "docs"):
            toolchain.project_options[part] = "disabled"
        # cereal has headers alone, and Debian's no pkg-config file, so meson.build looks for the header.
        cereal = self.dependencies["cereal"].cpp_info.aggregated_components()
        toolchain.extra_cxxflags += [f"-isystem{folder}" for folder in cereal.includedirs]
        toolchain.generate()
        PkgConfigDeps(self).generate()

    def build(self):
        meson = Meson(self)
        meson.configure()
        meson.build()

    def package(self):
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        Meson(self).install()

    def package_info(self):
        self.cpp_info.libs = ["mpi4cxx"]
        self.cpp_info.set_property("pkg_config_name", "mpi4cxx")
        self.cpp_info.set_property("cmake_file_name", "mpi4cxx")
        self.cpp_info.set_property("cmake_target_name", "mpi4cxx::mpi4cxx")
        PkgConfig(self, str(self.options.mpi)).fill_cpp_info(self.cpp_info, is_system=True)
