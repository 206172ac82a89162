"""A flow to deploy in tests."""

import asyncio

from prefect import flow, task


@task
def double(number: int) -> int:
    return 2 * number


@flow
async def sample(number: int = 21) -> int:
    return double(number)


@flow
async def patient() -> None:
    await asyncio.sleep(60)


@flow
async def failing() -> None:
    raise RuntimeError("không mở được tệp số liệu")
