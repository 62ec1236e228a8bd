"""The same measurements of Python's pools: peers.py mpi4py (under mpiexec) or peers.py multiprocessing."""
import statistics
import sys
import time

pairs, repetitions = 20000, 5


def product(x, y):
    return x * y


def report(what, unit, measure):
    values = [measure() for _ in range(repetitions)]
    print(f'{what:<44} {statistics.median(values):12.4g} {unit} ({min(values):.4g} to {max(values):.4g})', flush=True)


def measure(map_pairs, submit, result):
    def rate(chunksize):
        start = time.perf_counter()
        assert sum(map_pairs(chunksize)) == sum(x * (x + 7) for x in range(pairs))
        return pairs / (time.perf_counter() - start)

    def round_trip(n=200):
        start = time.perf_counter()
        for i in range(n):
            assert result(submit(i, 3)) == 3 * i
        return 1e6 * (time.perf_counter() - start) / n

    def at_once(n=1000):
        start = time.perf_counter()
        futures = [submit(i, 3) for i in range(n)]
        between = time.perf_counter()
        for future in futures:
            result(future)
        return 1e6 * (between - start) / n, 1e6 * (time.perf_counter() - between) / n

    rate(100)
    report('map, chunksize 1', 'tasks/s', lambda: rate(1))
    report('map, chunksize 100', 'tasks/s', lambda: rate(100))
    report('submit().result()', 'us', round_trip)
    both = [at_once() for _ in range(repetitions)]
    report('1000 submits at once: each, to submit', 'us', iter([a for a, _ in both]).__next__)
    report('1000 submits at once: each, to drain', 'us', iter([b for _, b in both]).__next__)


if sys.argv[1] == 'mpi4py':
    from mpi4py.futures import MPICommExecutor
    with MPICommExecutor() as executor:
        if executor is not None:
            measure(lambda chunksize: executor.map(product, range(pairs), range(7, pairs + 7), chunksize=chunksize),
                    lambda x, y: executor.submit(product, x, y), lambda future: future.result())
elif __name__ == '__main__':
    import multiprocessing
    with multiprocessing.Pool(2) as pool:
        measure(lambda chunksize: pool.starmap(product, zip(range(pairs), range(7, pairs + 7)), chunksize),
                lambda x, y: pool.apply_async(product, (x, y)), lambda future: future.get())
