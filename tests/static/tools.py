"""What those have in common that run the tools of LLVM."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys


def find_tool(name):
    """The path of `name` in version 14, the one whose ways the files follow, or None."""
    for program in (shutil.which(f'{name}-14'), shutil.which(name)):
        if program and re.search(r'version 14\.', subprocess.run([program, '--version'], stdout=subprocess.PIPE, encoding='utf-8', check=False).stdout):
            return program
    return None


def exit_with(problems_of, items):
    """Ends the program, with 1 if `problems_of` says something of one of the items, which it is asked on all cores."""
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        problems = {text: None for text in pool.map(problems_of, items) if text}     # of a header, many files say the same
    print(*problems, sep='\n')
    print(f'{len(items)} files, {len(problems)} problems')
    sys.exit(bool(problems) or not items)
