"""A prediction as one JSON document; times in seconds."""

from collections.abc import Sequence
from typing import Any

from loopscope.analysis.whatif.offers import find_offers
from loopscope.analysis.whatif.predict import Model, Prediction
from loopscope.model.change_text import spell
from loopscope.model.changes import Change


def prediction_document(
    model: Model, changes: Sequence[Change], prediction: Prediction
) -> dict[str, Any]:
    """Return the document; without changes it lists what could be changed."""
    document: dict[str, Any] = {
        "changes": [spell(change) for change in changes],
        "recorded_s": prediction.recorded_ns / 1e9,
        "replayed_s": prediction.replayed_ns / 1e9,
        "after_s": prediction.after_ns / 1e9,
        "saves_s": prediction.saves_ns / 1e9,
        "is_at_most": prediction.is_at_most,
        "assumptions": list(prediction.assumptions),
    }
    if not changes:
        offers = find_offers(model.timeline, model.graph)
        document["can_change"] = {
            "together": list(offers.waits),
            "off_loop": list(offers.held),
            "host": list(offers.hosts),
            "limit": offers.limits,
        }
    return document
