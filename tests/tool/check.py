"""Looks at what mpi4cxx-bench says, and at what the library's variables of the environment do.

usage: check.py WAY LAUNCH BENCH SETTINGS_PROGRAM NO_INIT SOURCE_ROOT

Looks at the form of tables and verdicts, never at times.
"""
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'launch'))
import jobs
from jobs import check

way, launch, bench, settings, no_init, root = sys.argv[1:]
root = pathlib.Path(root)
is_mpich = jobs.is_mpich(bench)
as_root = {'OMPI_ALLOW_RUN_AS_ROOT': '1', 'OMPI_ALLOW_RUN_AS_ROOT_CONFIRM': '1', 'OMPI_MCA_rmaps_base_oversubscribe': '1'}
# What a launcher around this test says is not what it looks at.
OTHERS = ('MPI4CXX_E', 'MPI4CXX_F', 'MPI4CXX_TR', 'MPI4CXX_TH', 'PMI_', 'OMPI_COMM', 'SLURM_', 'SLURMD_')
NUMBER = r'[\d.]+'
TIME = NUMBER + ' (us|ms|s)'
RATE = NUMBER + ' [MG]B/s'
AGREE = 'launcher and library agree'


def run(ranks, *arguments, **variables):
    return jobs.run(launch, '-n', str(ranks), *arguments, limit=100, without=OTHERS, **variables)


def alone(*arguments, **variables):
    """Runs a program without a launcher."""
    return jobs.run(*arguments, limit=100, without=OTHERS, **(as_root | variables))


def has(text, *patterns, count=1):
    for pattern in patterns:
        found = len(re.findall(pattern, text, re.M))
        check(found == count, f'"{pattern}" is there {found} times, not {count}')


def verdict(code, text, *parts):
    """Checks that the verdict is good and consists of these parts."""
    check(code == 0, f'the job ended with {code}')
    has(text, '^verdict: ' + '; '.join(parts) + '$')
    has(text, '^problem: ', count=0)


def processes(ranks):
    return '1 process' if ranks == 1 else f'{ranks} processes'


def hello_verdict(ranks):
    return f'all of {processes(ranks)} answer'


def ring_verdict(ranks, size='1 B'):
    return f'{size} around {processes(ranks)} in {TIME}'


def pair_verdict(ranks):
    return rf'8 B in {TIME}, \d+ (B|[KM]iB) at {RATE} \(' + ('rank 0 with itself' if ranks == 1 else 'ranks 0 and 1 of one node') + r'\)'


def sum_verdict(largest='1 MiB'):
    return f'allreduce of 8 B in {TIME}, of {largest} in {TIME}'


def tasks_verdict(ranks):
    return r'\d+ tasks a second by ' + (r'\d+ threads?' if ranks == 1 else '1 worker' if ranks == 2 else f'{ranks - 1} workers')


def commands():
    """Each command on 1 to 4 ranks."""
    for n in 1, 2, 3, 4:
        code, text = run(n, bench, 'helloworld')
        verdict(code, text, hello_verdict(n), AGREE)
        for rank in range(n):
            has(text, rf'^Hello, World! I am process {rank} of {n} on \S+\.$')
        check(re.findall('process (.) of', text) == [str(rank) for rank in range(n)], 'the lines are out of order')

        code, text = run(n, bench, 'ringtest', '-n', '1K', '-l', '3', '--skip=2')
        verdict(code, text, ring_verdict(n, '1 KiB'), AGREE)
        has(text, rf'^time for 3 loops = \S+ seconds \({n} processes, 1024 bytes\)$')

        code, text = run(n, bench, 'pingpong', '--size', '256K', '--loop', '2')
        verdict(code, text, pair_verdict(n), AGREE)
        has(text, rf'^ +\d+ +{TIME} +{RATE} +{TIME} +{RATE}$', count=6)
        has(text, r'^ +bytes +typed +objects$')

        code, text = run(n, bench, 'allreduce', '-n', '4K', '-l', '2', '-s', '0')
        verdict(code, text, sum_verdict('4 KiB'), AGREE)
        has(text, rf'^ +\d+ +{TIME}$', count=4)

        code, text = run(n, bench, 'futures', '--tasks', '200')
        verdict(code, text, tasks_verdict(n), AGREE)
        has(text, r'^ +10{0,2} +\d+$', count=3)

    code, text = run(2, bench, 'pingpong', '--typed', '-n', '100', '-l', '1')
    verdict(code, text, pair_verdict(2), AGREE)
    has(text, rf'^ +(8|64|100) +{TIME} +{RATE}$', count=3)
    code, text = run(2, bench, 'pingpong', '-o', '-n', '8', '-l', '1')
    verdict(code, text, pair_verdict(2), AGREE)
    has(text, r'typed', count=0)
    for arguments in ['-q'], ['--quiet', 'ringtest'], *([name, '-q'] for name in ('helloworld', 'ringtest', 'pingpong', 'allreduce', 'futures')):
        code, text = run(2, bench, *arguments)
        lines = [line for line in text.splitlines() if not line.startswith('warning: ')]
        check(code == 0 and len(lines) == 1 and lines[0].startswith('verdict: '), 'it says more than the verdict')


def standard():
    """Without a command: what there is, all tables and one verdict."""
    for n in 1, 2, 4:
        code, text = run(n, bench)
        verdict(code, text, hello_verdict(n), ring_verdict(n), pair_verdict(n), sum_verdict(), tasks_verdict(n), AGREE)
        has(text, rf'^mpi4cxx-bench [\d.]+: {processes(n)} on 1 node$', r'^library +(MPICH|Open MPI) [\d.]+, MPI [\d.]+$', '^transport +.',
            '^threads +multiple$', "^launcher +(MPICH|Open MPI)'s mpiexec$",
            rf'^node +\S+: ranks? 0(-{n - 1})?; cores [-\d,]+ of \d+; /dev/shm \d+ [MG]iB free$')
        has(text, '^transport +ch4:', count=int(is_mpich))
        # The machine of the test may have fewer cores than ranks, and little memory.
        has(text, '^warning: (?!ranks .* share|/dev/shm)', count=0)
    code, text = alone(bench)
    verdict(code, text, hello_verdict(1), ring_verdict(1), pair_verdict(1), sum_verdict(), tasks_verdict(1))
    has(text, '^launcher +none$')
    code, text = run(2, bench, '--no-threads')
    has(text, '^threads +(single|funneled|serialized)$')
    check(code == 0, 'it does not work without threads')
    code, text = run(1, bench, OMPI_MCA_btl='self,vader', UCX_TLS='self,sm')
    has(text, '^transport +.*UCX_TLS=self,sm, OMPI_MCA_btl=self,vader$')


def config():
    """--config, --help and --version need no launcher and no MPI."""
    code, text = alone(bench, '--config')
    check(code == 0, f'--config ended with {code}')
    has(text, '^MPI4CXX_ERRORS is not set$', '^MPI4CXX_TRACE_DIR is not set$', '^    allowed: exception.abort.fatal$', '^    default: exception$')
    code, text = alone(bench, '-c', MPI4CXX_ERRORS='abort', MPI4CXX_FUTURES_BACKOFF='1e-3', MPI4CXX_TRACE='trace,watchdog:0.5')
    check(code == 0, f'--config ended with {code}')
    has(text, '^MPI4CXX_ERRORS = abort$', '^MPI4CXX_FUTURES_BACKOFF = 1e-3$')
    code, text = alone(bench, '--config', MPI4CXX_ERRORS='none', MPI4CXX_THREADS_LEVEL='single')
    check(code == 2, f'--config ended with {code}')
    has(text, r"^problem: MPI4CXX_ERRORS is 'none', but must be exception\|abort\|fatal$", '^problem: the library has no variable MPI4CXX_THREADS_LEVEL$')

    commands_ = ('helloworld', 'ringtest', 'pingpong', 'allreduce', 'futures')
    code, text = alone(bench, '--help')
    check(code == 0, f'--help ended with {code}')
    has(text, '^usage: ', '^Exit status: ', *(f'^ +{name} +[a-z]' for name in commands_))
    for name in commands_:
        code, text = alone(bench, name, '-h')
        check(code == 0, f'{name} -h ended with {code}')
        has(text, f'^usage: .*mpi4cxx-bench {name} ', '^ +-q, --quiet +')
    code, text = run(2, bench, '--version')
    check(code == 0 and re.fullmatch(r'mpi4cxx-bench \d+\.\d+\.\d+\n', text), 'it does not say its version once')
    preloaded = {'LD_PRELOAD': no_init, 'ASAN_OPTIONS': 'verify_asan_link_order=0'}
    check(alone(bench, '--config', **preloaded)[0] == 0, '--config initializes MPI')
    check(alone(bench, 'helloworld', **preloaded)[0] != 0, 'nobody would notice if --config initialized MPI')


def errors():
    """MPI4CXX_ERRORS decides for communicators, windows and files."""
    for what in 'world', 'self', 'duplicate', 'window', 'file':
        for variables in {}, {'MPI4CXX_ERRORS': ''}, {'MPI4CXX_ERRORS': 'exception'}:
            code, text = run(2, settings, 'environment', what, **variables)
            check(code == 0, f'{what}: the job ended with {code}')
            has(text, 'went on', count=2)  # of two ranks, perhaps on one line
        for errors_ in 'fatal', 'abort':
            code, text = run(1, settings, 'environment', what, MPI4CXX_ERRORS=errors_)
            check(code != 0, f'{what}: the error is not fatal')
            has(text, 'went on', count=0)
    for how in 'init', 'init_thread':
        code, text = run(1, settings, how, 'world', MPI4CXX_ERRORS='fatal')
        check(code != 0 and 'went on' not in text, f'{how}: the error is not fatal')


def misuse():
    """What is wrong with the command line is said once, and the program exits with 2 on all ranks."""
    for n in 1, 2, 4:
        for arguments, says in ((['dance'], 'there is no command dance'), (['--loud'], 'there is no option --loud'),
                                (['pingpong', '-n'], 'the option -n needs a value, BYTES'),
                                (['pingpong', '-n', '0'], "the value of -n, --size is '0', but must be a number of at least 1"),
                                (['ringtest', '--loop=-3'], "the value of -l, --loop is '-3'"), (['ringtest', '--loop=many'], "is 'many'"),
                                (['allreduce', '--size', '99999999999G'], "is '99999999999G'"), (['allreduce', '-n', 'K'], "is 'K'"),
                                (['futures', '--quiet=1'], 'the option --quiet takes no value'), (['helloworld', 'twice'], 'helloworld takes options only, not twice'),
                                (['--thread-level', 'most', 'helloworld'], "the thread level is 'most'"), (['helloworld', '-l', '3'], 'there is no option -l')):
            code, text = run(n, bench, *arguments)
            check(code == 2, f'{arguments}: the job ended with {code}')
            has(text, '^mpi4cxx-bench: .*' + re.escape(says), '^usage: mpi4cxx-bench ')
            has(text, 'verdict', count=0)
    for command, option in ('ringtest', '--size'), ('futures', '--tasks'):
        code, text = run(1, bench, command, option, '4000000000G')
        check(code != 0, 'the program ended with 0')
        has(text, f'{command}: there is no memory for this value of -n, {option}')
    if is_mpich:  # Open MPI's mpiexec ends all others when the first process fails
        _, text = run(3, 'sh', '-c', '"$0" dance; [ $? = 2 ] && echo two', bench)
        has(text, '^two$', count=3)


def cores():
    """Ranks that are bound to one core are named."""
    if not shutil.which('taskset') or len(jobs.os.sched_getaffinity(0)) < 2:
        print('there is no taskset here, or only one core')
        sys.exit(77)
    core = str(min(jobs.os.sched_getaffinity(0)))
    code, text = run(3, 'taskset', '-c', core, bench, 'helloworld')
    check(code == 1, f'the job ended with {code}')
    has(text, rf'^problem: ranks 0-2 are all bound to core {core} of \S+, which has \d+: bind each to its own', '^verdict: 1 problem$')
    # It is none if all cores are in use, or if only one rank is bound.
    both = sorted(jobs.os.sched_getaffinity(0))[:2]
    script = f'case ${{PMI_RANK-$OMPI_COMM_WORLD_RANK}} in 0 | 2) core={both[0]} ;; *) core={both[1]} ;; esac; exec taskset -c $core "$0" helloworld'
    if jobs.os.cpu_count() == 2:
        code, text = run(4, 'sh', '-c', script, bench)
        verdict(code, text, hello_verdict(4), AGREE)
        has(text, rf'^warning: ranks 0,2 share 1 core of ', '^warning: ranks 1,3 share 1 core of ')
    script = f'if [ "${{PMI_RANK-$OMPI_COMM_WORLD_RANK}}" = 1 ]; then exec taskset -c {core} "$0" helloworld; else exec "$0" helloworld; fi'
    code, text = run(2, 'sh', '-c', script, bench, OMPI_MCA_hwloc_base_binding_policy='none', PRTE_MCA_hwloc_default_binding_policy='none',
                     PRTE_MCA_bindto='none')      # Open MPI 4, 5, 6
    verdict(code, text, hello_verdict(2), AGREE)


def nodes():
    """Nodes that nobody uses are named."""
    code, text = run(2, bench, 'helloworld', SLURM_JOB_NUM_NODES='2')
    check(code == 1, f'the job ended with {code}')
    has(text, r'^problem: all 2 processes run on one node, \S+, although SLURM_JOB_NUM_NODES is 2: spread them', '^verdict: 1 problem$')
    code, text = run(2, bench, 'helloworld', SLURM_STEP_NUM_NODES='1', SLURM_JOB_NUM_NODES='2')
    verdict(code, text, hello_verdict(2), AGREE)
    code, text = run(1, bench, 'helloworld', SLURM_JOB_NUM_NODES='2')
    verdict(code, text, hello_verdict(1), AGREE)


def launcher():
    """Ranks that another MPI's launcher has started, each alone in its world."""
    fakes = {'SLURM_STEP_NUM_TASKS': 'SLURM_PROCID', 'OMPI_COMM_WORLD_SIZE' if is_mpich else 'PMI_SIZE': 'OMPI_COMM_WORLD_RANK' if is_mpich else 'PMI_RANK'}
    for size, rank in fakes.items():
        code, text = alone(bench, 'helloworld', **{size: '4', rank: '0'})
        check(code == 1, f'the program ended with {code}')
        has(text, r"^problem: launcher and library do not agree: (srun|Open MPI's mpiexec|MPICH's mpiexec) started 4 processes, "
                  r'but each is alone in its world, for the program is linked to (MPICH|Open MPI): ', '^verdict: 1 problem$')
        has(text, 'Hello', count=0)
        # A launcher may end the job when the first process fails, and rank 0 has not spoken yet.
        for arguments in [], ['dance']:
            code, text = alone(bench, *arguments, **{size: '4', rank: '3'})
            check(code == 0 and not re.search('verdict|usage', text), f'rank 3 ended with {code}, or speaks too')
    other = shutil.which('mpiexec.openmpi' if is_mpich else 'mpiexec.mpich')
    if other:
        code, text = alone(other, '-n', '2', bench)
        check(code != 0, 'the job ended with 0')
        if 'the MPI has ended this program where it begins' in text:  # MPICH 5 does, and the library has the last word
            check(re.search("The program was started by (Open MPI|MPICH)'s mpiexec: start it with", text), 'the mend is not named')
        else:
            has(text, '^problem: launcher and library do not agree: .*started 2 processes', '^verdict: 1 problem$')


def levels():
    """MPI4CXX_THREAD_LEVEL is stronger than the program, however it starts MPI."""
    for how in 'environment', 'init', 'init_thread':
        for level, number in (('single', 0), ('multiple', 3)):
            code, text = run(1, settings, how, 'nothing', MPI4CXX_THREAD_LEVEL=level)
            check(code == 0, f'the job ended with {code}')
            found = int(re.search(r'^thread level (\d)$', text, re.M)[1])
            # An MPI may give more than is asked for.
            check(found == number or (level == 'single' and not is_mpich), f'{how}: MPI has level {found} instead of {level}')
    code, text = run(2, bench, '--thread-level', 'multiple', 'helloworld', MPI4CXX_THREAD_LEVEL='single')
    verdict(code, text, hello_verdict(2), AGREE)


def wrong_values():
    """A value that is not allowed is an exception before MPI is initialized; a variable that is not known is named once."""
    for name, value in (('ERRORS', 'Exception'), ('ERRORS', 'exception|abort'), ('THREAD_LEVEL', '3'), ('FUTURES_WORKERS', 'process'),
                        ('FUTURES_MAX_WORKERS', '-1'), ('FUTURES_MAX_WORKERS', '4x'), ('FUTURES_MAX_WORKERS', '99999999999'), ('FUTURES_BACKOFF', 'inf'),
                        ('FUTURES_BACKOFF', '1 s'), ('FUTURES_BACKOFF', '-1'), ('TRACE', 'yes'), ('TRACE', 'watchdog:0'), ('TRACE', 'trace,'), ('TRACE', 'watchdog:'), ('TRACE', '0,trace')):
        says = re.escape(f"MPI4CXX_{name} is '{value}', but must be ")
        for how, function in ('environment', 'Environment'), ('init', 'MPI_Init'), ('init_thread', 'MPI_Init_thread'):
            code, text = alone(settings, how, 'nothing', **{'MPI4CXX_' + name: value})
            check(code != 0 and 'thread level' not in text, 'the program went on')
            has(text, f'{function}: {says}.+settings.cpp:\\d+')
        code, text = alone(bench, 'helloworld', **{'MPI4CXX_' + name: value})
        check(code == 2, f'the program ended with {code}')
        has(text, '^mpi4cxx-bench: ' + says)
    code, text = run(3, settings, 'environment', 'nothing', MPI4CXX_EROR='fatal', MPI4CXX_TRACER='1')
    check(code == 0, f'the job ended with {code}')
    has(text, '^mpi4cxx: warning: the library has no variable .*MPI4CXX_', 'MPI4CXX_EROR', 'MPI4CXX_TRACER')


def table():
    """The table is complete, and the page shows it."""
    _, text = alone(bench, '--config')
    listed = re.findall(r'^(MPI4CXX_\w+) ', text, re.M)
    page = re.findall(r'^\| `(MPI4CXX_\w+)` \|', (root / 'docs/bench.md').read_text(encoding='utf-8'), re.M)
    check(listed == sorted(listed) and listed == page, f'the program lists {listed}, docs/bench.md {page}')
    for path in [*root.glob('lib/**/*.[ch]pp'), *root.glob('include/**/*.hpp')]:
        read = re.findall(r'getenv\("(MPI4CXX_\w+)"', path.read_text(encoding='utf-8'))
        check(not read, f'{path} reads {read} by itself: the one place is lib/runtime/settings_table.cpp')


globals()[way]()
