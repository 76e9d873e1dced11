"""The quiz of every program in examples/: enough questions, and a real run answers all the same."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.examples.table import API, TABLE, Example
from tests.support import EXAMPLES

from loopscope.analysis.summary import summarise
from loopscope.errors import LessonError
from loopscope.learn.facts.catalogue import FACTS
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.shapes import Answer, Seconds
from loopscope.learn.quiz.make import make_quiz, study_for_quiz
from loopscope.learn.quiz.posed import Posed
from loopscope.trace.reader import read_trace

pytestmark = pytest.mark.slow

FEWEST = 6
AT_A_TIME = 2
ATTEMPTS = 4  # a busy machine is late by more than there is between two things
NUMBER = re.compile(r"\d+\.\d+")

Quiz = tuple[list[Posed], Studied]


@pytest.fixture(scope="module")
def quizzes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Example], Quiz]]:
    """Make all quizzes, a few at a time; give the one asked for."""
    room = tmp_path_factory.mktemp("quizzes")

    def make(example: Example) -> Quiz:
        trace = room / f"{example.path.replace('/', '-')}.loopscope"
        if not example.is_simulated:
            studied = run_really(example, trace)
        else:
            world = EXAMPLES / "worlds" / "api.toml" if example.beside == API else None
            studied = study_for_quiz(example.program, trace, world=world)
        return make_quiz(studied), studied

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        futures: dict[str, Future[Quiz]] = {one.path: pool.submit(make, one) for one in TABLE}
        yield lambda example: futures[example.path].result()
        pool.shutdown(cancel_futures=True)


def run_really(example: Example, trace: Path) -> Studied:
    """Record a real run of a program, beside the service that it needs."""
    trace.unlink(missing_ok=True)
    record = [sys.executable, "-m", "loopscope", "run", "--quiet", "--out", str(trace)]
    service = [sys.executable, example.beside] if example.beside else []
    ended = subprocess.run(
        [*service, *record, str(example.program)],
        cwd=EXAMPLES.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Studied(
        file=example.program,
        source=tuple(example.program.read_text(encoding="utf-8").splitlines()),
        printed=tuple(ended.stdout.splitlines()),
        errors=ended.stderr,
        exit_code=ended.returncode,
        summary=summarise(read_trace(trace)),
        is_exact=False,
    )


def running_ms(studied: Studied) -> float:
    """Return for how long the loops' threads did anything but wait for what comes next."""
    return sum(loop.use.running_ns + loop.use.overhead_ns for loop in studied.summary.loops) / 1e6


def are_near(one: float, other: float, late: float, least: float) -> bool:
    """Whether two times are the same within 15 %, or the least there is, and what it was late."""
    allowed = max(least, 0.15 * one)
    return one - allowed <= other <= one + allowed + late


def is_same(posed: Posed, real: Answer, late_ms: float) -> bool:
    """Whether a real run gives the answer: times nearly, everything else just so."""
    keyed = posed.question.right
    if isinstance(posed.question.shape, Seconds):
        return are_near(float(keyed[0]), float(real[0]), late_ms, 60)
    if posed.fact == "last-lines":
        pairs = zip(NUMBER.findall(keyed[0]), NUMBER.findall(real[0]), strict=False)
        times = all(are_near(float(one), float(two), late_ms / 1e3, 0.06) for one, two in pairs)
        return times and NUMBER.sub("#", keyed[0]) == NUMBER.sub("#", real[0])
    return keyed == real


def parted(posed: Posed, simulated: Studied, real: Studied) -> str:
    """Return what a real run answers otherwise; "" if it answers the same."""
    late_ms = max(running_ms(real) - running_ms(simulated), 0)
    shape = posed.question.shape
    try:
        answer = FACTS[posed.fact](real, posed.arguments).right
    except LessonError as error:
        return f"{posed.question.ask} {error}"
    if is_same(posed, answer, late_ms):
        return ""
    keyed = shape.written(posed.question.right)
    return f"{posed.question.ask} Keyed: {keyed}. Really: {shape.written(answer)}."


@pytest.mark.parametrize("example", TABLE, ids=lambda one: one.path)
def test_a_real_run_gives_every_keyed_answer(
    example: Example, quizzes: Callable[[Example], Quiz], tmp_path: Path
) -> None:
    """There are questions enough, and the simulated answers are those of the program itself."""
    left, simulated = quizzes(example)
    assert len(left) >= FEWEST
    wrong: list[str] = []
    for _ in range(ATTEMPTS):
        real = run_really(example, tmp_path / "real.loopscope")
        told = {id(one): parted(one, simulated, real) for one in left}
        left = [one for one in left if told[id(one)]]
        wrong = [told[id(one)] for one in left]
        if not left:
            break
    assert wrong == []
