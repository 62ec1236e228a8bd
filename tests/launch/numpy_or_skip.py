"""NumPy for a test, which is skipped (exit 77) where there is none: from numpy_or_skip import np."""
import os
import sys

try:
    import numpy as np  # noqa: F401
except ImportError:
    other = '/usr/bin/python3'   # Debian's NumPy belongs to Debian's Python
    if sys.executable != other and os.path.exists(other) and 'NUMPY_SOUGHT' not in os.environ:
        os.execve(other, [other, *sys.argv], os.environ | {'NUMPY_SOUGHT': 'yes'})
    print('there is no NumPy')
    sys.exit(77)
