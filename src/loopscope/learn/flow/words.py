"""Texts of a lesson as a learner reads them."""


def paragraphs(text: str) -> str:
    """Return a text of a lesson with each paragraph and each point of a list on one line."""
    joined: list[str] = []
    for line in text.strip().splitlines():
        begins = not joined or not joined[-1] or not line.strip() or line.lstrip().startswith("- ")
        if begins:
            joined.append(line.strip())
        else:
            joined[-1] += f" {line.strip()}"
    return "\n".join(joined)
