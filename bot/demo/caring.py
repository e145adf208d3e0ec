"""What the demo school's homeroom teachers did for the families before the demo begins, and who looked in."""

from datetime import datetime, time, timedelta

from bot.demo import cast
from bot.demo.moment import ZONE
from services.briefings import record
from storage.repositories import demo, my_class, visits
from storage.uow import Storage
from storage.vocabulary import BriefingWay, ClassId, PersonId, SchoolId

DAY = timedelta(days=1)
# How many days before the demo's own somebody looked in: a mother who reads, a father who seldom does.
LOOKED_IN = {cast.MOTHER: (1, 3, 4, 6, 9), cast.SECOND_GUARDIAN: (2, 8, 10), cast.FATHER: (9,)}


async def care(storage: Storage, school_id: SchoolId, now: datetime) -> None:
    """Write the ledger of each class, the last look at its contacts, and the visits of the people with phones."""
    today = now.astimezone(ZONE).date()
    evening = datetime.combine(today - 8 * DAY, time(18, 40), ZONE)
    async with storage.writing() as uow:
        for class_id, teacher_id in (await demo.homerooms(uow, school_id)).items():
            led, by = ClassId(class_id), PersonId(teacher_id)
            for days, way, said in (
                (20, BriefingWay.CALL, "экскурсия и деньги на автобус"),
                (8, BriefingWay.MEETING, "итоги месяца, подготовка к контрольным"),
            ):
                await record(
                    uow,
                    school_id=school_id,
                    class_id=led,
                    teacher_id=by,
                    on_date=today - days * DAY,
                    way=way,
                    now=evening,
                    words=said,
                )
            await my_class.verify_contacts(uow, school_id, led, today - 8 * DAY, by, evening)
        people = await demo.people_by_key(uow, school_id, [phone.key for phone in LOOKED_IN])
        for phone, days_ago in LOOKED_IN.items():
            for days in days_ago:
                if phone.key in people:
                    await visits.add(uow, school_id, PersonId(people[phone.key]), today - days * DAY)
