"""Names, mails and shells: blocking corners of the standard library."""
# how: run

import asyncio
import getpass
import glob
import os
import select
import shutil
import smtplib
import socket
import zipfile
from multiprocessing import Process
from ftplib import FTP
from http.client import HTTPSConnection
from xmlrpc.client import ServerProxy


async def address(host: str) -> str:
    return socket.gethostbyname(host)  # expect: blocking-call


async def address_well(host: str) -> list[object]:
    return await asyncio.get_running_loop().getaddrinfo(host, 80)  # right: blocking-call


async def mail(text: str) -> None:
    with smtplib.SMTP("mail.test") as server:  # expect: blocking-call=mail
        server.sendmail("a@b", "c@d", text)  # expect: blocking-call=mail


async def page() -> bytes:
    connection = HTTPSConnection("api.test", timeout=3)  # right: blocking-call
    connection.request("GET", "/")  # expect: blocking-call
    return connection.getresponse().read()  # expect: blocking-call


async def listing() -> list[str]:
    ftp = FTP("files.test", timeout=3)  # expect: blocking-call
    return ftp.nlst()  # expect: blocking-call


async def remote() -> object:
    return ServerProxy("http://rpc.test").add(1, 2)  # expect: blocking-call


async def moved() -> None:
    shutil.copytree("a", "b")  # expect: blocking-call
    shutil.rmtree("a")  # expect: blocking-call


async def archive() -> str:
    return shutil.make_archive("backup", "zip", "data")  # expect: blocking-call


async def secret() -> str:
    return getpass.getpass()  # expect: blocking-call


async def ready(ours: socket.socket) -> object:
    return select.select([ours], [], [])  # expect: blocking-call


async def ready_now(ours: socket.socket) -> object:
    return select.select([ours], [], [], 0)  # right: blocking-call


async def child() -> None:
    process = Process(target=print)
    process.start()
    process.join()  # expect: blocking-call


async def names() -> list[str]:
    return [name.strip() for name in glob.glob("*.txt")]  # right: blocking-call


async def joined(parts: list[str]) -> str:
    return os.path.join(*parts) + ",".join(parts)  # right: blocking-call


async def unpack(data: zipfile.ZipFile) -> None:
    data.extractall("out")  # expect: blocking-call


async def main() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        await ready_now(ours)  # accept: sequential-awaits
    print(await joined(["a", "b"]), await names())  # accept: sequential-awaits


asyncio.run(main())
