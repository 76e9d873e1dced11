"""An exception leaves `main`: traceback on stderr, exit code 1."""

import asyncio


async def read_setting(name: str) -> str:
    """Look for a setting that is not there."""
    await asyncio.sleep(0.05)
    raise LookupError(f"There is no setting {name!r}.")  # <- fails


async def main() -> None:
    """Print the setting."""
    print("reading")
    print(await read_setting("colour"))  # <- passes it on


if __name__ == "__main__":
    asyncio.run(main())
