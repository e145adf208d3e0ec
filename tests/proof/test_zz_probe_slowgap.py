import time, os, random, sys
from datetime import date
import pytest
from sqlalchemy import event, text
from services import gaps
from storage.vocabulary import SchoolId
from tests.proof import quarter
from tests.proof.store import SCHOOL, store

TABLES = "school subject school_class subgroup person person_role enrollment subgroup_member staff_leave lesson lesson_audience lesson_teacher substitution lesson_record attendance lesson_work mark".split()


async def test_probe(postgres_url):
    from storage.uow import Storage

    storage = Storage(postgres_url)
    now = quarter.moment(date(2026, 10, 14), 1)
    await store(storage, quarter.live(seed=27, until=now))
    times = []
    eng = storage.reader.sync_engine

    @event.listens_for(eng, "before_cursor_execute")
    def b(conn, cur, st, par, ctx, many):
        ctx.t = time.time()

    @event.listens_for(eng, "after_cursor_execute")
    def a(conn, cur, st, par, ctx, many):
        times.append((time.time() - ctx.t, st, par))

    @event.listens_for(eng, "handle_error")
    def h(x):
        times.append((time.time() - x.execution_context.t, x.statement, x.parameters))

    async def prepare(empty, analyzed):
        async with storage.writer.connect() as c, c.begin():
            await c.execute(text("delete from pg_statistic where starelid >= 16384"))
            await c.execute(text("update pg_class set reltuples=-1, relpages=0 where oid>=16384 and relkind in ('r')"))
            if analyzed:
                await c.execute(text("ANALYZE " + ",".join(analyzed)))
            for t in empty:  # analyzed while its rows were not committed
                await c.execute(text(f"delete from pg_statistic where starelid='{t}'::regclass"))
                await c.execute(
                    text(
                        f"update pg_class set reltuples=0, relpages=greatest(1,pg_relation_size('{t}'::regclass)/8192) where relname='{t}'"
                    )
                )

    async def run(label):
        times.clear()
        t = time.time()
        err = ""
        try:
            async with storage.reading() as uow:
                await uow.execute(text("set local statement_timeout=%d" % int(os.environ.get("TMO", "8000"))))
                n = await gaps.overdue_of(uow, SchoolId(SCHOOL), now)
                c = uow.statements - 1
        except Exception as e:
            err = "ERR"
            c = 0
        slow = sorted(times, key=lambda x: -x[0])[:3]
        worst.append((time.time() - t, label))
        print(
            "%.3f" % (time.time() - t),
            err,
            label,
            c,
            [
                ("%.3f" % d, s[:22].replace("\n", " ") + ("/plan" if "lesson_plan" in s else ""))
                for d, s, _ in slow
                if d > 0.2
            ],
            flush=True,
        )
        return slow[0]

    worst = []
    async with storage.writer.connect() as c:
        print((await c.execute(text("select version()"))).scalar())
    await prepare([], [])
    await run("none")
    rnd = random.Random(int(os.environ.get("SEED", "5")))
    await prepare([], TABLES)
    await run("all")
    for t in TABLES:
        await prepare([t], [x for x in TABLES if x != t])
        await run("zero " + t)
    for k in (9, 11, 12, 13, 15, 16):
        await prepare(TABLES[k:], TABLES[:k])
        await run("zero from " + TABLES[k])
    for i in range(int(os.environ.get("N", "10"))):
        a_ = [t for t in TABLES if rnd.random() < 0.5]
        e_ = [t for t in TABLES if t not in a_ and rnd.random() < 0.5]
        await prepare(e_, a_)
        await run("Z:" + " ".join(e_) + " A:" + " ".join(a_))
    worst.sort(reverse=True)
    print("WORST", worst[:3])
    await storage.close()
