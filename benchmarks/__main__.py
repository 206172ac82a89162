"""Run every benchmark: ``python -m benchmarks`` prints ratios taken side by side in one run."""

from benchmarks import assembly, delivery, letters, planning, portal

if __name__ == "__main__":
    for benchmark in (letters, planning, delivery, assembly, portal):
        print(f"## {benchmark.__doc__}")
        for line in benchmark.run():
            print(f"  {line}")
