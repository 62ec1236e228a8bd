"""Finds the tools of LLVM."""
import re
import shutil
import subprocess


def find_tool(name):
    """The path of `name` in version 14, the one whose ways the files follow, or None."""
    for program in (shutil.which(f'{name}-14'), shutil.which(name)):
        if program and re.search(r'version 14\.', subprocess.run([program, '--version'], stdout=subprocess.PIPE, encoding='utf-8', check=False).stdout):
            return program
    return None
