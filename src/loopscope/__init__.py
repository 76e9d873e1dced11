"""loopscope shows what an asyncio program really did, and why."""
