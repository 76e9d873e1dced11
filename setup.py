"""Builds the C extension of the recorder; everything else is in pyproject.toml."""

from pathlib import Path

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "loopscope.recorder._probe",
            sources=["src/loopscope/recorder/_probe.c"],
            depends=sorted(str(path) for path in Path("src/loopscope/recorder").glob("_probe*.h")),
            extra_compile_args=["-O2"],
            # Without a compiler setuptools warns and goes on; the probe's Python twin then records.
            optional=True,
        ),
    ],
)
