"""Seconds for single queries of the asymptotics commands, start-up included, and for `import theory`.

    python -m benchmarks.asymptotics [REPEATS]

Each line is the least of REPEATS fresh processes; the ratio is to `python -c "import sympy"` in the
same run, so that the machine's own speed drops out.
"""

import subprocess
import sys
import time

COMMANDS = {
    "import sympy": ["-c", "import sympy"],
    "import theory": ["-c", "import theory"],
    "exponents, a number": ["-m", "solvable", "exponents", "--alpha", "1/2", "--path", "N=n, T=n^2, noise=n^-1"],
    "exponents, alpha a symbol": ["-m", "solvable", "exponents", "--alpha", "alpha", "--path", "N=n, T=n^2"],
    "exponents, optimal ridge": ["-m", "solvable", "exponents", "--alpha", "1/2", "--path", "N=n, T=2n, gamma=optimal"],
    "phases, 3 scales, alpha a symbol": ["-m", "solvable", "phases"],
    "phases, 5 scales, alpha a symbol": ["-m", "solvable", "phases", "--scales", "N,T,gamma,M,noise"],
}  # fmt: skip


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    unit = 0.0
    for name, arguments in COMMANDS.items():
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - start)
        unit = unit or min(times)
        print(f"{name:34} {min(times):7.2f} s   {min(times) / unit:6.1f}")


if __name__ == "__main__":
    main()
