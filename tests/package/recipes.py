"""Runs the recipes for Spack and Conan against stand-ins that know the names of both, and compares them with the project.

usage: recipes.py SOURCE_ROOT

A recipe that uses a name which is not there, passes an option that meson_options.txt does not have, names a file that is
not in the sources, or gives another version than meson.build fails here.
"""
import fnmatch
import pathlib
import re
import sys
import types
from unittest import mock

root = pathlib.Path(sys.argv[1])
recipes = root / 'docs/packaging'
meson_build = (root / 'meson.build').read_text(encoding='utf-8')
project_version = re.search(r"^  version: '([^']+)'", meson_build, re.MULTILINE)[1]
project_options = set(re.findall(r"^option\('(\w+)'", (root / 'meson_options.txt').read_text(encoding='utf-8'), re.MULTILINE))
mpi_names = {'mpich', 'ompi'}


def check(condition, text):
    if not condition:
        sys.exit(f'wrong: {text}')


def check_options(recipe, options):
    unknown = set(options) - project_options
    check(not unknown, f'{recipe} passes options that meson_options.txt does not have: {sorted(unknown)}')
    check({'mpi', 'tests', 'examples', 'docs'} <= set(options), f'{recipe} leaves an option to chance: it passes {sorted(options)}')
    check(options['mpi'] in mpi_names, f'{recipe} asks for the MPI {options["mpi"]}')


def run(path, modules):
    """What `path` defines when it finds `modules` and no others of the package manager."""
    source = path.read_text(encoding='utf-8')
    namespace = {'__name__': path.stem}
    with mock.patch.dict(sys.modules, modules):
        exec(compile(source, str(path), 'exec'), namespace)  # pylint: disable=exec-used
    return namespace


def module(name, **members):
    made = types.ModuleType(name)
    vars(made).update(members)
    return made


def spack():
    used = {name: [] for name in ('license', 'version', 'depends_on', 'requires', 'conflicts', 'variant', 'maintainers')}
    directives = {name: (lambda *args, _calls=calls, **options: _calls.append((args, options))) for name, calls in used.items()}
    repository = recipes / 'spack/spack_repo/mpi4cxx'
    check((repository / 'repo.yaml').read_text(encoding='utf-8').split() == ['repo:', 'namespace:', 'mpi4cxx', 'api:', 'v2.0'], 'repo.yaml')
    systems = 'spack_repo', 'spack_repo.builtin', 'spack_repo.builtin.build_systems'
    modules = {name: module(name) for name in ('spack', *systems)}
    modules[systems[-1] + '.meson'] = module(systems[-1] + '.meson', MesonPackage=type('MesonPackage', (), {'run_tests': False}))
    modules['spack.package'] = module('spack.package', **directives)
    recipe = run(repository / 'packages/mpi4cxx/package.py', modules)['Mpi4cxx']

    check(used['version'] == [((project_version,), {})], f'the version is {used["version"]}, meson.build says {project_version}')
    needed = {re.split('[@ ]', args[0])[0] for args, _ in used['depends_on']}
    check({'cxx', 'meson', 'pkgconfig', 'mpi', 'cereal'} <= needed, f'a dependency is missing among {sorted(needed)}')
    check({kind for _, options in used['depends_on'] for kind in ([options['type']] if isinstance(options['type'], str) else options['type'])}
          <= {'build', 'link', 'run', 'test'}, 'a dependency has a type that Spack does not know')
    for mpi in ('mpich', 'openmpi'):
        package = recipe()
        package.spec = mock.Mock()
        package.spec.satisfies = lambda spec, mpi=mpi: spec == '^' + mpi
        options = dict(re.fullmatch('-D(\\w+)=(.+)', argument).groups() for argument in package.meson_args())
        check_options('spack', options)
        check(options['mpi'] == {'mpich': 'mpich', 'openmpi': 'ompi'}[mpi], f'with {mpi}, spack asks for {options["mpi"]}')


def conan():
    meson = mock.Mock(spec=['configure', 'build', 'install', 'test'])
    toolchains = []

    def make_toolchain(_):
        toolchains.append(types.SimpleNamespace(project_options={}, extra_cxxflags=[], generate=mock.Mock()))
        return toolchains[-1]

    class ConanFile:
        def __init__(self, mpi):
            self.settings = types.SimpleNamespace(os='Linux')
            self.options = types.SimpleNamespace(mpi=mpi)
            self.recipe_folder, self.export_sources_folder = str(recipes / 'conan'), 'exported'
            self.source_folder, self.package_folder = 'source', 'package'
            self.requires, self.tool_requires = mock.Mock(), mock.Mock()
            found = mock.Mock()
            found.cpp_info.aggregated_components.return_value.includedirs = ['/cereal/include']
            self.dependencies = {'cereal': found}
            self.cpp_info = mock.Mock(spec=['set_property', 'libs'])

    copied = []
    pkg_config = mock.Mock()
    modules = {
        'conan': module('conan', ConanFile=ConanFile),
        'conan.errors': module('conan.errors', ConanInvalidConfiguration=type('ConanInvalidConfiguration', (Exception,), {})),
        'conan.tools': module('conan.tools'),
        'conan.tools.build': module('conan.tools.build', check_min_cppstd=mock.Mock()),
        'conan.tools.files': module('conan.tools.files', copy=lambda _, pattern, src, dst: copied.append((pattern, src))),
        'conan.tools.gnu': module('conan.tools.gnu', PkgConfig=pkg_config, PkgConfigDeps=mock.Mock()),
        'conan.tools.layout': module('conan.tools.layout', basic_layout=mock.Mock()),
        'conan.tools.meson': module('conan.tools.meson', Meson=mock.Mock(return_value=meson), MesonToolchain=make_toolchain),
    }
    recipe = run(recipes / 'conan/conanfile.py', modules)['Mpi4cxxConan']
    check(recipe.name == 'mpi4cxx' and recipe.version == project_version, f'the recipe makes {recipe.name} {recipe.version}')
    check(set(recipe.options['mpi']) == mpi_names, f'the recipe knows the MPIs {recipe.options["mpi"]}')
    for mpi in recipe.options['mpi']:
        package = recipe(mpi)
        for step in ('export_sources', 'layout', 'requirements', 'build_requirements', 'validate', 'generate', 'build', 'package', 'package_info'):
            getattr(package, step)()
        check_options('conan', toolchains[-1].project_options)
        check(toolchains[-1].project_options['mpi'] == mpi, 'the MPI is not the one that was asked for')
        check(pkg_config.call_args.args[1] == mpi, 'users of the package get another MPI')
    check(meson.configure.called and meson.build.called and meson.install.called, 'a step of Meson is missing')

    # What meson.build reads with tests and examples disabled has to come with the recipe.
    exported = {path for pattern, src in copied if src != 'source' for path in pathlib.Path(src).resolve().rglob('*')
                if fnmatch.fnmatchcase(path.relative_to(root.resolve()).as_posix(), pattern)}
    needed = [root / 'meson.build', root / 'meson_options.txt', root / 'LICENSE', root / 'tests/launch/launch']
    needed += [path for folder in ('include', 'lib') for path in (root / folder).rglob('*') if path.is_file()]
    missing = [str(path) for path in needed if path.resolve() not in exported]
    check(not missing, f'the recipe does not export {missing}')

    class TestedConanFile:
        def __init__(self):
            self.cpp = types.SimpleNamespace(build=types.SimpleNamespace(bindir='bin'))
            self.tested_reference_str, self.requires, self.run = 'mpi4cxx/' + project_version, mock.Mock(), mock.Mock()

    cmake = mock.Mock(spec=['configure', 'build'])
    modules['conan'] = module('conan', ConanFile=TestedConanFile)
    modules['conan.tools.build'] = module('conan.tools.build', can_run=lambda _: True)
    modules['conan.tools.cmake'] = module('conan.tools.cmake', CMake=lambda _: cmake, cmake_layout=mock.Mock())
    tested = run(recipes / 'conan/test_package/conanfile.py', modules)['Mpi4cxxTestConan']
    check({'CMakeDeps', 'CMakeToolchain'} <= set(tested.generators), 'the test of the package finds no package')
    package = tested()
    for step in ('requirements', 'layout', 'build', 'test'):
        getattr(package, step)()
    check(package.requires.call_args.args[0] == package.tested_reference_str, 'the test is of another package')
    check(cmake.build.called and package.run.called, 'the test runs nothing')


def conda():
    text = (recipes / 'conda/meta.yaml').read_text(encoding='utf-8')
    check(f'{{% set version = "{project_version}" %}}' in text, 'the version of the conda recipe')
    check(set(re.findall(r'^  - (\w+)$', (recipes / 'conda/conda_build_config.yaml').read_text(encoding='utf-8'), re.MULTILINE)) == {'mpich', 'openmpi'},
          'the MPIs of the conda recipe')
    for mpi in ('mpich', 'openmpi'):
        script = re.sub(r'\{\{ "(\w+)" if mpi == "mpich" else "(\w+)" \}\}', lambda found: found[1 if mpi == 'mpich' else 2], text)
        check_options('conda', dict(re.findall(r'-D(mpi|tests|examples|docs)=(\w+)', script)))


spack()
conan()
conda()
