"""A report that is written by a language model and kept in a bucket, with the blocking SDKs."""
# how: simulate --cost none

import asyncio

import boto3
import openai

BUCKET = boto3.client("s3")
MODEL = openai.OpenAI(timeout=20)
ASYNC_MODEL = openai.AsyncOpenAI(timeout=20)


async def summarise(text: str) -> str:
    answer = MODEL.chat.completions.create(model="small", messages=[{"role": "user", "content": text}])  # expect: blocking-call
    return answer.choices[0].message.content


async def summarise_well(text: str) -> str:
    answer = await ASYNC_MODEL.chat.completions.create(model="small", messages=[{"role": "user", "content": text}])  # right: blocking-call
    return answer.choices[0].message.content


async def keep(text: str) -> None:
    BUCKET.put_object(Bucket="reports", Key="today", Body=text)  # expect: blocking-call


async def keep_well(text: str) -> None:
    await asyncio.to_thread(BUCKET.put_object, Bucket="reports", Key="today", Body=text)  # right: blocking-call


async def main() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(summarise("first"))
        group.create_task(summarise_well("second"))
        group.create_task(keep("third"))
        group.create_task(keep_well("fourth"))


asyncio.run(main())
