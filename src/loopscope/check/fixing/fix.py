"""Fixes a program: finds awaits that could run together, rewrites them, and tries each rewrite."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loopscope.analysis.fix_report import Fix, FixLevel, FixReport
from loopscope.check.fixing.compare import Clocks, difference, difference_as_written, facts_of
from loopscope.check.fixing.diff import unified
from loopscope.check.fixing.foreign import awaited_foreign
from loopscope.check.fixing.predicting import Predictor
from loopscope.check.fixing.prove import Proof, prove, span_ns
from loopscope.check.fixing.schedule import Schedule
from loopscope.check.fixing.scratch import Scratch
from loopscope.check.fixing.seen import FINE, Seen
from loopscope.check.fixing.sources import Source, read_source
from loopscope.check.fixing.suspects import Suspect, suspects_in
from loopscope.check.fixing.trial import Trial
from loopscope.check.program import Program
from loopscope.source.project import Project
from loopscope.source.rewrite.edits import Edit
from loopscope.source.rewrite.outcome import Rewrite

if TYPE_CHECKING:
    from loopscope.model.changes import Together

TRACE: Final = "original.loopscope"

Runner = Callable[[Trial], Seen]
"""Runs a trial, in whatever process."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be fixed.

    Attributes:
        program: The program, where it really lies.
        scratch: The copy of its folder.
        directory: The working directory in the copy.
        seeds: How often all durations are drawn anew for each change.
        shown: Returns how a file of the folder is named to the user.
    """

    program: Program
    scratch: Scratch
    directory: str
    seeds: int
    shown: Callable[[str], str]


class Fixing:
    """One program on its way to being fixed.

    Args:
        wanted: What is to be fixed.
        runner: Runs it.
        tell: Told before each change that is tried, with how many there are.
    """

    def __init__(self, wanted: Wanted, runner: Runner, tell: Callable[[int, int], None]) -> None:
        self._wanted = wanted
        self._runner = runner
        self._tell = tell
        self._runs = 0
        self._sources: dict[str, Source] = {}
        self._made: dict[str, list[Edit]] = {}
        self._changes: list[Together] = []

    def fix(self) -> FixReport:
        """Try what can be tried, and return what came of it; nothing is written.

        Raises:
            LoopscopeError: The world does not fit, or there is no room for recordings.
        """
        wanted = self._wanted
        trace = wanted.scratch.base / TRACE
        natural = self._run({}, Schedule(), trace)
        self._sources = self._read(natural.own_files)
        project = Project({name: one.text for name, one in self._sources.items()})
        suspects = suspects_in(project)
        problem = self._problem(natural, is_compared=bool(suspects))
        predictor = Predictor(trace) if suspects and not natural.problem else None
        fixes = []
        for number, suspect in enumerate(suspects):
            self._tell(number, len(suspects))
            fixes.append(self._fix(suspect, project, problem, predictor))
        after = None
        if self._made:
            after = self._run(self._texts(self._made), Schedule())
            differs = after.problem or difference_as_written(natural, after)
            if differs:
                self._made.clear()
                fixes = [_unmade(one, differs) for one in fixes]
        return FixReport(
            program=wanted.program.name,
            fixes=tuple(fixes),
            files=tuple(wanted.shown(name) for name in self._sources),
            runs=self._runs,
            problem=problem,
            before_ns=None if natural.problem else natural.duration_ns,
            after_ns=None if after is None else after.duration_ns,
        )

    def new_contents(self) -> dict[Path, tuple[bytes, bytes]]:
        """Return the files with all changes of level 3: what is there, and what it becomes."""
        return {
            self._wanted.scratch.source / name: (self._sources[name].raw, content)
            for name, content in self._texts(self._made).items()
        }

    def _run(
        self, texts: Mapping[str, bytes], schedule: Schedule, trace: Path | None = None
    ) -> Seen:
        self._runs += 1
        wanted = self._wanted
        program, there = wanted.program, wanted.scratch.there
        in_copy = replace(
            program,
            file=there(program.file),
            path_entry=there(program.path_entry),
            argv=tuple(there(one) if one.startswith("/") else one for one in program.argv[:1])
            + program.argv[1:],
        )
        trial = Trial(in_copy, wanted.scratch, wanted.directory, schedule, texts, trace)
        seen = self._runner(trial)
        # Nobody knows the copy: what is told of files is told of where they really lie.
        real, copied = str(wanted.scratch.source), str(wanted.scratch.folder)
        return replace(
            seen,
            problem=seen.problem.replace(copied, real),
            ending=seen.ending.replace(copied, real),
        )

    def _read(self, names: Sequence[str]) -> dict[str, Source]:
        """Return the program's own files, the script at least."""
        wanted = self._wanted
        script = Path(wanted.scratch.there(wanted.program.file))
        every = [str(script.relative_to(wanted.scratch.folder)), *names]
        found = {}
        for name in dict.fromkeys(every):
            if name in wanted.scratch.stamps:
                source = read_source(wanted.scratch.source / name)
                if source is not None:
                    found[name] = source
        return found

    def _problem(self, natural: Seen, *, is_compared: bool) -> str:
        """Return why nothing can be compared, a sentence or more; "" if it can."""
        if natural.problem:
            return natural.problem
        if natural.ending != FINE:
            told = f"The program fails as it is ({natural.ending}): runs that fail prove nothing."
            if natural.requests:
                told += " Where it misses something in a host's answer, describe that (--world)."
            return told
        if not is_compared:
            return ""
        again = self._run({}, Schedule())
        facts = [facts_of(one, has_failed=False) for one in (natural, again)]
        differs = difference(facts[0], facts[1], Clocks())
        if differs:
            return (
                "Two runs of the program as it is differ by themselves, so that nothing can be "
                f"compared: {differs.replace(', and together ', ', then ')}."
            )
        return ""

    def _fix(
        self, suspect: Suspect, project: Project, problem: str, predictor: Predictor | None
    ) -> Fix:
        change = suspect.change
        file = suspect.file
        fix = Fix(
            file=self._wanted.shown(file),
            first_line=suspect.lines[0],
            last_line=suspect.lines[1],
            level=FixLevel.LIKELY,
            unseen=awaited_foreign(suspect.candidate, project),
        )
        rewrite = suspect.rewrite
        if rewrite is None:
            return replace(fix, reason=f"It is not rewritten: {suspect.unsupported}.")
        fix = replace(fix, diff=unified(self._sources[file].text, rewrite.edits, fix.file))
        predicted = None
        if predictor is not None:
            predicted = predictor.after_ns([*self._changes, change])
        fix = replace(fix, predicted_ns=predicted)
        if problem:
            return replace(fix, reason=problem)
        if _overlaps(rewrite.edits, self._made.get(file, ())):
            return replace(
                fix, reason="It lies within another change: run the command again after that one."
            )
        proof = prove(self._run, *self._both(rewrite), self._wanted.seeds)
        if proof.level is FixLevel.VERIFIED:
            self._made.setdefault(file, []).extend(rewrite.edits)
            self._changes.append(change)
        return _with_proof(fix, proof)

    def _both(self, rewrite: Rewrite) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Return the files of the original and of the rewrite, with what was changed before."""
        found = []
        for edits in (rewrite.marks, rewrite.marked):
            made = {**self._made, rewrite.file: [*self._made.get(rewrite.file, ()), *edits]}
            found.append(self._texts(made))
        return found[0], found[1]

    def _texts(self, made: Mapping[str, Sequence[Edit]]) -> dict[str, bytes]:
        return {name: self._sources[name].edited(edits) for name, edits in made.items()}


def _overlaps(edits: Sequence[Edit], others: Sequence[Edit]) -> bool:
    return any(
        one != other and one.begin < other.end and other.begin < one.end
        for one in edits
        for other in others
    )


def _unmade(fix: Fix, differs: str) -> Fix:
    """Return a fix that was verified alone, and is not with all others and without marks."""
    if fix.level is not FixLevel.VERIFIED:
        return fix
    reason = f"Verified alone, but with all changes made {differs}."
    return replace(fix, level=FixLevel.LIKELY, reason=reason)


def _with_proof(fix: Fix, proof: Proof) -> Fix:
    natural, rewritten = proof.natural, proof.rewritten
    fix = replace(
        fix,
        level=proof.level,
        reason=proof.reason,
        schedules=tuple(proof.schedules),
        waits=proof.leaves,
        not_compared=proof.not_compared,
        reorders_output=proof.reorders_output,
    )
    if natural is not None:
        fix = replace(
            fix,
            before_ns=natural.duration_ns,
            visit_before_ns=span_ns(natural) // max(len(natural.visits), 1),
        )
    if rewritten is not None:
        fix = replace(
            fix,
            after_ns=rewritten.duration_ns,
            visit_after_ns=span_ns(rewritten) // max(len(rewritten.visits), 1),
        )
    return fix
